import { timeFor, typeName, valueOf } from './mysql-values';

describe('values of MySQL', () => {
  it.each([
    ['bigint', '18446744073709551615', '18446744073709551615'],
    ['bigint', '7', 7],
    ['decimal', '1.50', 1.5],
    ['float', Math.fround(0.1), 0.1],
    ['float', Math.fround(16777217), 16777216],
    ['double', 0.1, 0.1],
    ['bit', Buffer.from([2, 1]), 513],
    ['blob', Buffer.from([0]), 'AA=='],
    ['datetime', '2024-02-29 12:00:00.5', '2024-02-29T12:00:00.5'],
    ['timestamp', '2024-02-29 12:00:00', '2024-02-29T12:00:00+02:00'],
    ['json', '[1]', [1]],
    ['varchar', '[1]', '[1]'],
    ['int', null, null],
  ])('%s %p is %p', (type, value, expected) => {
    expect(valueOf(type, value, '+02:00')).toEqual(expected);
  });

  it('have the names of their types', () => {
    const field = (columnType: number, characterSet = 45, extendedFormat?: string) =>
      typeName({ name: 'x', columnType, characterSet, ...(extendedFormat !== undefined && { extendedFormat }) });
    expect([field(252), field(252, 63), field(253, 63), field(252, 45, 'json'), field(99)]).toEqual([
      'text',
      'blob',
      'varbinary',
      'json',
      '99',
    ]);
  });

  it.each([
    ['datetime', '2024-02-29T12:00:00Z', '+00:00', '2024-02-29 12:00:00'],
    ['timestamp', '2024-02-29T23:30:00.123456-01:00', '+02:00', '2024-03-01 02:30:00.123456'],
    ['date', '2024-02-29T23:30:00Z', '+01:00', '2024-03-01'],
    ['datetime', '2024-02-29 12:00:00', '+01:00', '2024-02-29 12:00:00'],
    ['datetime', '2024-13-29T12:00:00Z', '+01:00', '2024-13-29T12:00:00Z'],
    ['varchar', '2024-02-29T12:00:00Z', '+01:00', '2024-02-29T12:00:00Z'],
    ['datetime', 5, '+01:00', 5],
  ])('%s: %p in %s is written %p', (type, value, zone, expected) => {
    expect(timeFor(type, value, zone)).toBe(expected);
  });
});
