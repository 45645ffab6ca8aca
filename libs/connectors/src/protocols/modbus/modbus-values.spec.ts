import type { JsonValue } from '#kernel';
import { decode, decodeAll, encodeAll, type Format } from './modbus-values';

const registers = (...words: number[]): Buffer => Buffer.from(words.flatMap((word) => [word >> 8, word & 0xff]));

describe('values of registers', () => {
  it.each<[Format, number[], JsonValue[]]>([
    [{}, [1, 0xffff], [1, 65_535]],
    [{ dataType: 'raw' }, [1, 2], [1, 2]],
    [{ dataType: 'int16' }, [0xfffe, 5], [-2, 5]],
    [{ dataType: 'uint16', byteOrder: 'little' }, [0x0100], [1]],
    [{ dataType: 'int32' }, [0xffff, 0xfffe], [-2]],
    [{ dataType: 'uint32' }, [0x0001, 0x0002], [65_538]],
    [{ dataType: 'uint32', wordOrder: 'little' }, [0x0002, 0x0001], [65_538]],
    [{ dataType: 'uint32', byteOrder: 'little' }, [0x0100, 0x0200], [65_538]],
    [{ dataType: 'uint32', byteOrder: 'little', wordOrder: 'little' }, [0x0200, 0x0100], [65_538]],
    [{ dataType: 'float32' }, [0x41ac, 0x0000], [21.5]],
    [{ dataType: 'float32', wordOrder: 'little' }, [0x0000, 0x41ac], [21.5]],
    [{ dataType: 'float64' }, [0x4035, 0x8000, 0, 0], [21.5]],
    [{ dataType: 'int64' }, [0xffff, 0xffff, 0xffff, 0xffff], [-1]],
    [{ dataType: 'uint64' }, [0xffff, 0xffff, 0xffff, 0xffff], ['18446744073709551615']],
    [{ dataType: 'int64', wordOrder: 'little' }, [7, 0, 0, 0], [7]],
    [{ dataType: 'bool' }, [0, 1], [false, true]],
    [{ dataType: 'hex' }, [0xabcd, 0x0012], ['abcd0012']],
    [{ dataType: 'string' }, [0x4142, 0x4300], ['ABC']],
    [{ dataType: 'string', byteOrder: 'little' }, [0x4241, 0x0043], ['ABC']],
    [{ dataType: 'int16', scale: 0.1 }, [215], [21.5]],
    [{ dataType: 'uint16', scale: 0.1, offset: -40 }, [3], [-39.7]],
  ])('as %j, %j are %j, and the same way back', (format, words, values) => {
    expect(decodeAll(registers(...words), format)).toEqual(values);
    expect(encodeAll(values, format).toString('hex')).toBe(registers(...words).toString('hex'));
  });

  it('are bits, the lowest first', () => {
    const bits = decode(registers(0b101), { dataType: 'bits' }) as boolean[];
    expect(bits.length).toBe(16);
    expect(bits.slice(0, 4)).toEqual([true, false, true, false]);
    expect(() => encodeAll(bits, { dataType: 'bits' })).toThrow('cannot be written as bits');
  });

  it('are null where a float is no number', () => {
    expect(decode(registers(0x7fc0, 0), { dataType: 'float32', scale: 2 })).toBeNull();
  });

  it('are rounded where the device holds whole numbers', () => {
    expect(encodeAll([21.54], { dataType: 'int16', scale: 0.1 })).toEqual(registers(215));
  });

  it('fill the last register of a text up', () => {
    expect(encodeAll(['Maß'], { dataType: 'string' })).toEqual(registers(0x4d61, 0xc39f));
    expect(encodeAll(['ABC'], { dataType: 'string' })).toEqual(registers(0x4142, 0x4300));
  });

  it.each<[JsonValue, Format]>([
    [70_000, { dataType: 'uint16' }],
    [-1, { dataType: 'uint16' }],
    [-1, {}],
    [1.5, { dataType: 'int16' }],
    [4_000, { dataType: 'int16', scale: 0.1 }],
    ['12', { dataType: 'float32' }],
    [1e39, { dataType: 'float32' }],
    [1, { dataType: 'bool' }],
    ['abc', { dataType: 'hex' }],
    [5, { dataType: 'string' }],
    ['18446744073709551616', { dataType: 'uint64' }],
    [null, { dataType: 'int32' }],
  ])('refuse %j as %j', (value, format) => {
    expect(() => encodeAll([value], format)).toThrow(/does not fit into/);
  });
});
