import type { JsonValue } from '#kernel';
import { AREA } from './s7-address';
import { decode, decodeCounted, encode, sizeOf, type DataType } from './s7-values';

describe('values of S7', () => {
  it.each<[DataType, string, JsonValue]>([
    ['BYTE', 'ff', 255],
    ['SINT', 'ff', -1],
    ['INT', 'fffe', -2],
    ['WORD', 'fffe', 65_534],
    ['DINT', 'fffffffe', -2],
    ['UDINT', 'fffffffe', 4_294_967_294],
    ['TIME', '000003e8', 1_000],
    ['LINT', 'ffffffffffffffff', -1],
    ['ULINT', 'ffffffffffffffff', '18446744073709551615'],
    ['REAL', '41ac0000', 21.5],
    ['LREAL', '4035800000000000', 21.5],
    ['CHAR', '41', 'A'],
  ])('%s %s is %j, and the same way back', (type, hex, value) => {
    expect(decode(Buffer.from(hex, 'hex'), type)).toEqual(value);
    expect(encode(value, type, {})).toEqual({ bytes: Buffer.from(hex, 'hex'), skip: 0 });
    expect(sizeOf(type, {})).toBe(hex.length / 2);
  });

  it('are bits', () => {
    expect([0, 1, 2].map((bit) => decode(Buffer.from([0b101]), 'BOOL', bit))).toEqual([true, false, true]);
    expect(encode(true, 'BOOL', {}).bytes).toEqual(Buffer.from([1]));
  });

  it('are strings as long as they say, and no longer than there are bytes', () => {
    expect(decode(Buffer.from('0a03414243ffff', 'hex'), 'STRING')).toBe('ABC');
    expect(decode(Buffer.from('0aff4142', 'hex'), 'STRING')).toBe('AB');
    expect(decode(Buffer.from('000a0002004120ac0000', 'hex'), 'WSTRING')).toBe('A€');
    expect(decode(Buffer.from('000affff0041', 'hex'), 'WSTRING')).toBe('A');
  });

  it('leave the head of a string alone', () => {
    expect(encode('ABC', 'STRING', { length: 10 })).toEqual({ bytes: Buffer.from('03414243', 'hex'), skip: 1 });
    expect(encode('A€', 'WSTRING', { length: 10 })).toEqual({ bytes: Buffer.from('0002004120ac', 'hex'), skip: 2 });
  });

  it('are times and counts in decimal digits', () => {
    const counted = (hex: string, area: 0x1c | 0x1d) => decodeCounted(Buffer.from(hex, 'hex'), area);
    expect(counted('0127', AREA.C)).toBe(127);
    expect(['0127', '1127', '2127', '3127'].map((hex) => counted(hex, AREA.T))).toEqual([
      1_270, 12_700, 127_000, 1_270_000,
    ]);
  });

  it.each<[JsonValue, DataType]>([
    [256, 'BYTE'],
    [-1, 'WORD'],
    [1.5, 'INT'],
    [1e39, 'REAL'],
    [1, 'BOOL'],
    ['AB', 'CHAR'],
    ['', 'CHAR'],
    ['ABCDEF', 'STRING'],
    ['€', 'STRING'],
    [5, 'WSTRING'],
  ])('refuse %j as %s', (value, type) => {
    expect(() => encode(value, type, { length: 5 })).toThrow(`does not fit into ${type}`);
  });
});
