import { isTimeZone } from 'class-validator';
import { CronExpressionParser } from 'cron-parser';
import type { JsonValue } from '#kernel';
import { durationMilliseconds } from '../support/duration';

const SHORTEST_INTERVAL = 100;
const LONGEST_INTERVAL = 31 * 86_400_000;

const MACROS: ReadonlySet<string> = new Set([
  '@yearly',
  '@annually',
  '@monthly',
  '@weekly',
  '@daily',
  '@hourly',
  '@minutely',
]);

/** A field that begins with `H` means a random time to the parser: another one in each process. */
const RANDOM_FIELD = /(^|[\s,])H/i;

/** Why a text is no cron expression, or undefined when it is one. */
export function cronProblem(cron: JsonValue | undefined): string | undefined {
  if (typeof cron !== 'string' || cron === '') return 'Cron is required';
  if (cron.startsWith('@')) return MACROS.has(cron) ? undefined : `Cron must be one of ${[...MACROS].join(', ')}`;
  if (cron.trim().split(/\s+/).length !== 6) return 'Cron must have six fields: second minute hour day month weekday';
  if (RANDOM_FIELD.test(cron)) return 'Cron must not use H';
  try {
    // Whether it ever comes: 30 February does not.
    CronExpressionParser.parse(cron, { tz: 'UTC' }).next();
    return undefined;
  } catch (error) {
    return `Cron cannot be read: ${(error as Error).message}`;
  }
}

export const timezoneProblem = (timezone: JsonValue): string | undefined =>
  typeof timezone === 'string' && /^[A-Za-z]/.test(timezone) && isTimeZone(timezone)
    ? undefined
    : 'Timezone must be an IANA name such as Europe/Berlin';

export function intervalProblem(interval: JsonValue | undefined): string | undefined {
  if (interval === undefined || interval === '') return 'Interval is required';
  const milliseconds = typeof interval === 'string' ? durationMilliseconds(interval) : undefined;
  if (milliseconds === undefined) return 'Interval must be written like 500ms, 10s, 5m, 2h or 1d';
  if (milliseconds >= SHORTEST_INTERVAL && milliseconds <= LONGEST_INTERVAL) return undefined;
  return 'Interval must be from 100ms to 31d';
}
