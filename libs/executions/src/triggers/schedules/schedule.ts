import { CronExpressionParser } from 'cron-parser';
import { durationMilliseconds } from '#pipelines';

/** When a schedule is due, as one text for the queue: a cron expression, or `every 500ms`. */
export interface Schedule {
  pattern: string;
  timezone: string;
}

interface Parameters {
  scheduleType?: 'cron' | 'interval';
  cron?: string;
  timezone?: string;
  interval?: string;
}

const EVERY = 'every ';

export function readSchedule(parameters: object): Schedule {
  const { scheduleType, cron = '', timezone = 'UTC', interval = '' } = parameters as Parameters;
  return { pattern: scheduleType === 'interval' ? EVERY + interval : cron, timezone };
}

export const isSame = (a: Schedule, b: Schedule): boolean => a.pattern === b.pattern && a.timezone === b.timezone;

/**
 * The first time after that one, both in epoch milliseconds. Intervals count from the epoch, so that they mean the same
 * in every process and after every restart. @throws Error for a pattern that is none, or never comes.
 */
export function nextTick({ pattern, timezone }: Schedule, after: number): number {
  const every = intervalOf(pattern);
  if (every !== undefined) return (Math.floor(after / every) + 1) * every;
  return CronExpressionParser.parse(pattern, { tz: timezone, currentDate: new Date(after) })
    .next()
    .getTime();
}

/** How late a run may begin: what is missed for longer does not take place. */
export const LATEST_MS = 60_000;

/** The last time that has come and may still be kept; nothing where there is none. */
export function latestTick(schedule: Schedule, now: number): number | undefined {
  const begin = now - LATEST_MS;
  const every = intervalOf(schedule.pattern);
  if (every !== undefined) {
    const tick = Math.floor(now / every) * every;
    return tick > begin ? tick : undefined;
  }
  let latest: number | undefined;
  for (let tick = nextTick(schedule, begin); tick <= now; tick = nextTick(schedule, tick)) latest = tick;
  return latest;
}

const intervalOf = (pattern: string): number | undefined =>
  pattern.startsWith(EVERY) ? durationMilliseconds(pattern.slice(EVERY.length)) : undefined;
