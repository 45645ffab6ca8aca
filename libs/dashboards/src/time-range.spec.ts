import { spanOf } from './time-range';

const NOW = Date.parse('2026-03-01T12:00:00Z');

describe('the span of a time range', () => {
  it.each([
    ['now-1h', 'now', NOW - 3_600_000, NOW],
    ['now-90s', 'now-30s', NOW - 90_000, NOW - 30_000],
    ['now-7d', 'now-1d', NOW - 7 * 86_400_000, NOW - 86_400_000],
    ['2026-03-01T10:00:00Z', 'now-5m', NOW - 7_200_000, NOW - 300_000],
    ['2026-01-01T00:00:00+01:00', '2026-01-02T00:00:00Z', Date.parse('2025-12-31T23:00:00Z'), Date.UTC(2026, 0, 2)],
    [String(NOW - 1), String(NOW), NOW - 1, NOW],
  ])('%s to %s', (from, to, begin, end) => {
    expect(spanOf({ from, to }, NOW)).toEqual({ from: begin, to: end });
  });

  it.each([
    ['yesterday', 'now', 'From must be now, now-1h (s, m, h, d) or RFC 3339'],
    ['now-1h', 'now+1h', 'To must be now, now-1h (s, m, h, d) or RFC 3339'],
    ['now-1w', 'now', 'From must be now, now-1h (s, m, h, d) or RFC 3339'],
    ['now-0s', 'now', 'From must be now, now-1h (s, m, h, d) or RFC 3339'],
    ['now-9999999d', 'now-9999998d', 'From must be now, now-1h (s, m, h, d) or RFC 3339'],
    ['2026-02-30T00:00:00Z', 'now', 'From must be now, now-1h (s, m, h, d) or RFC 3339'],
    ['now', 'now', 'From must be earlier than to'],
    ['now', 'now-1h', 'From must be earlier than to'],
    ['now-3661d', 'now', 'From must be at most 3660 days before to'],
  ])('refuses %s to %s', (from, to, message) => {
    expect(() => spanOf({ from, to }, NOW)).toThrow(message);
  });
});
