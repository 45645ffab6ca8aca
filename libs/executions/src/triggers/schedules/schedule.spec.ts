import { latestTick, nextTick, readSchedule, type Schedule } from './schedule';

const cron = (pattern: string, timezone = 'UTC'): Schedule =>
  readSchedule({ scheduleType: 'cron', cron: pattern, timezone });
const every = (interval: string): Schedule => readSchedule({ scheduleType: 'interval', interval });

/** The next ones, each after the one before. */
function ticks(schedule: Schedule, after: string, count: number): string[] {
  const times: string[] = [];
  let at = Date.parse(after);
  for (let i = 0; i < count; i++) times.push(new Date((at = nextTick(schedule, at))).toISOString());
  return times;
}

describe('a schedule', () => {
  it('comes at the seconds of its zone', () => {
    expect(ticks(cron('*/20 59 23 * * *', 'Asia/Kolkata'), '2026-01-01T18:29:10Z', 3)).toEqual([
      '2026-01-01T18:29:20.000Z',
      '2026-01-01T18:29:40.000Z',
      '2026-01-02T18:29:00.000Z',
    ]);
    expect(ticks(cron('@hourly'), '2026-01-01T18:29:10Z', 1)).toEqual(['2026-01-01T19:00:00.000Z']);
  });

  it('comes an hour later on the day whose night has no such hour', () => {
    expect(ticks(cron('0 30 2 * * *', 'Europe/Berlin'), '2026-03-27T12:00:00Z', 3)).toEqual([
      '2026-03-28T01:30:00.000Z',
      // 03:30 by the clock on the wall.
      '2026-03-29T01:30:00.000Z',
      '2026-03-30T00:30:00.000Z',
    ]);
  });

  it('comes once in the night that has its hour twice', () => {
    expect(ticks(cron('0 30 2 * * *', 'Europe/Berlin'), '2026-10-24T12:00:00Z', 2)).toEqual([
      '2026-10-25T00:30:00.000Z',
      '2026-10-26T01:30:00.000Z',
    ]);
  });

  it('comes after the same time again and again, counted from the epoch', () => {
    expect(ticks(every('500ms'), '2026-01-01T00:00:00.100Z', 2)).toEqual([
      '2026-01-01T00:00:00.500Z',
      '2026-01-01T00:00:01.000Z',
    ]);
    expect(ticks(every('2h'), '2026-01-01T00:00:00.000Z', 1)).toEqual(['2026-01-01T02:00:00.000Z']);
  });

  it.each([
    [cron('*/10 * * * * *'), '2026-01-01T00:00:35.000Z', '2026-01-01T00:00:30.000Z'],
    [cron('*/10 * * * * *'), '2026-01-01T00:00:30.000Z', '2026-01-01T00:00:30.000Z'],
    [cron('0 0 * * * *'), '2026-01-01T10:00:59.999Z', '2026-01-01T10:00:00.000Z'],
    [cron('0 0 * * * *'), '2026-01-01T10:01:00.000Z', undefined],
    [every('5s'), '2026-01-01T00:00:09.999Z', '2026-01-01T00:00:05.000Z'],
    [every('1h'), '2026-01-01T10:01:00.000Z', undefined],
  ])('%j: what is missed at %s is kept up with %s', (schedule, now, latest) => {
    expect(latestTick(schedule, Date.parse(now))).toBe(latest && Date.parse(latest));
  });
});
