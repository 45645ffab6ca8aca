import type { JsonValue } from '#kernel';
import { decode, encode, reading, type UaVariant } from './opcua-values';

const GOOD = { name: 'Good', value: 0 };

describe('values of OPC UA', () => {
  it.each<[UaVariant, JsonValue]>([
    [{ dataType: 1, value: true }, true],
    [{ dataType: 6, value: -5 }, -5],
    [{ dataType: 8, value: [0xffffffff, 0xfffffffe] }, -2],
    [{ dataType: 9, value: [0xffffffff, 0xffffffff] }, '18446744073709551615'],
    [{ dataType: 9, value: [0, 7] }, 7],
    [{ dataType: 10, value: Math.fround(0.1) }, 0.1],
    [{ dataType: 11, value: NaN }, null],
    [{ dataType: 13, value: new Date('2026-01-02T03:04:05Z') }, '2026-01-02T03:04:05.000Z'],
    [{ dataType: 15, value: Buffer.from('abc') }, 'YWJj'],
    [{ dataType: 17, value: { toString: () => 'ns=1;i=5' } }, 'ns=1;i=5'],
    [{ dataType: 19, value: { name: 'BadTimeout', value: 1 } }, 'BadTimeout'],
    [{ dataType: 21, value: { text: 'Presse', locale: 'de' } }, 'Presse'],
    [{ dataType: 22, value: { toJSON: () => ({ x: 1 }) } }, { x: 1 }],
    [{ dataType: 24, arrayType: 1, value: [{ dataType: 6, value: 1 }] }, [1]],
    [{ dataType: 6, arrayType: 1, value: Int32Array.from([1, 2]) }, [1, 2]],
    [
      { dataType: 6, arrayType: 2, dimensions: [2, 2], value: Int32Array.from([1, 2, 3, 4]) },
      [
        [1, 2],
        [3, 4],
      ],
    ],
    [{ dataType: 12, value: null }, null],
  ])('%p is %p', (variant, expected) => {
    expect(decode(variant)).toEqual(expected);
  });

  it('are null where they are bad, with what is known of them', () => {
    const time = new Date('2026-01-02T03:04:05Z');
    const bad = { name: 'BadSensorFailure', value: 0x808c0000 };
    expect(reading({ value: { dataType: 11, value: 5 }, statusCode: bad, sourceTimestamp: time })).toEqual({
      value: null,
      dataType: 'Double',
      status: 'BadSensorFailure',
      sourceTimestamp: '2026-01-02T03:04:05.000Z',
      serverTimestamp: null,
    });
    expect(reading({ value: { dataType: 11, value: 5 }, statusCode: GOOD })).toMatchObject({
      value: 5,
      status: 'Good',
    });
  });

  it.each<[JsonValue, string]>([
    [5, 'Int32'],
    [-2, 'Int64'],
    ['18446744073709551615', 'UInt64'],
    [1.5, 'Float'],
    ['2026-01-02T03:04:05.000Z', 'DateTime'],
    ['YWJj', 'ByteString'],
    ['Presse', 'LocalizedText'],
    [[true, false], 'Boolean'],
  ])('%j is written as %s', (value, type) => {
    expect(decode(encode(value, type))).toEqual(value);
  });

  it.each<[JsonValue, string]>([
    [300, 'Byte'],
    [-1, 'UInt32'],
    [1.5, 'Int16'],
    ['1', 'Double'],
    [1, 'Boolean'],
    [[1, 'x'], 'Int32'],
    ['yesterday', 'DateTime'],
    ['no guid', 'Guid'],
    ['%', 'ByteString'],
    [1e39, 'Float'],
  ])('%j does not fit into %s', (value, type) => {
    expect(() => encode(value, type)).toThrow(`does not fit into ${type}`);
  });

  it('of structures cannot be written', () => {
    expect(() => encode('x', 'Structure')).toThrow('Values of type Structure cannot be written');
  });
});
