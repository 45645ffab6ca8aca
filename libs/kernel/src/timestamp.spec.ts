import fc from 'fast-check';
import { parseTimestamp } from './timestamp';

const EARLIEST = new Date('0001-01-01T00:00:00Z');
const LATEST = new Date('9999-12-31T23:59:59.999Z');

describe('parseTimestamp', () => {
  it.each([
    ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
    ['2026-01-02t03:04:05.6z', '2026-01-02T03:04:05.600Z'],
    ['2026-01-02T03:04:05.123456789+05:30', '2026-01-01T21:34:05.123Z'],
    ['2026-01-02T03:04:05-00:00', '2026-01-02T03:04:05.000Z'],
    ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    [0, '1970-01-01T00:00:00.000Z'],
    [-1, '1969-12-31T23:59:59.999Z'],
    [LATEST.getTime(), '9999-12-31T23:59:59.999Z'],
  ])('reads %s', (input, expected) => {
    expect(new Date(parseTimestamp(input)!).toISOString()).toBe(expected);
  });

  it.each([
    '',
    '2026-01-02',
    '2026-01-02T03:04Z',
    '2026-01-02T03:04:05',
    '2026-01-02 03:04:05Z',
    '2026-01-02T03:04:05.Z',
    '2026-01-02T03:04:05,1Z',
    '2026-01-02T03:04:05.1234567890Z',
    '2026-01-02T03:04:05+0100',
    '2026-01-02T03:04:05+24:00',
    '2026-13-02T03:04:05Z',
    '2026-02-29T03:04:05Z',
    '2026-04-31T03:04:05Z',
    '2026-01-00T03:04:05Z',
    '2026-01-02T24:00:00Z',
    '2026-01-02T23:59:60Z',
    '2026-01-02T03:04:05Z\n',
    '+012026-01-02T03:04:05Z',
    '1767322800000',
    '0001-01-01T00:00:00+00:01',
    '9999-12-31T23:59:59-00:01',
    EARLIEST.getTime() - 1,
    LATEST.getTime() + 1,
    1.5,
    NaN,
    Infinity,
    true,
    null,
    undefined,
    {},
    new Date(0),
  ])('refuses %j', (input) => {
    expect(parseTimestamp(input)).toBeUndefined();
  });

  it('reads every day that exists, in every offset, and no other', () => {
    const two = (number: number): string => String(number).padStart(2, '0');
    const day = fc.record({
      year: fc.integer({ min: 2, max: 9998 }),
      month: fc.integer({ min: 1, max: 12 }),
      day: fc.integer({ min: 1, max: 31 }),
      offset: fc.integer({ min: -1439, max: 1439 }),
    });
    fc.assert(
      fc.property(day, ({ year, month, day, offset }) => {
        const written = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
        const minutes = Math.abs(offset);
        const zone = `${offset < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
        const daysOfMonth = new Date(Date.UTC(year + 400 * 5, month, 0)).getUTCDate();
        const read = parseTimestamp(`${written}T12:00:00${zone}`);
        expect(read !== undefined).toBe(day <= daysOfMonth);
        if (read !== undefined) expect(new Date(read + offset * 60_000).toISOString()).toBe(`${written}T12:00:00.000Z`);
      }),
    );
  });
});
