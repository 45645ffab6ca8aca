/** RFC 3339, section 5.6, with the upper-case or lower-case letters it permits. */
const RFC3339 = /^(\d{4}-\d{2}-\d{2})[Tt]([01]\d|2[0-3]):\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})$/;

const EARLIEST = Date.parse('0001-01-01T00:00:00Z');
const LATEST = Date.parse('9999-12-31T23:59:59.999Z');

/** Epoch milliseconds of an RFC 3339 text or an integer of epoch milliseconds; undefined for anything else. */
export function parseTimestamp(input: unknown): number | undefined {
  const time = typeof input === 'string' ? parseText(input) : input;
  const fits = Number.isInteger(time) && (time as number) >= EARLIEST && (time as number) <= LATEST;
  return fits ? (time as number) : undefined;
}

function parseText(text: string): number | undefined {
  const day = RFC3339.exec(text)?.[1];
  return day !== undefined && isDay(day) ? Date.parse(text.toUpperCase()) : undefined;
}

/** The parser takes 30 February for 2 March; a day that exists is written as it was read. */
function isDay(text: string): boolean {
  const time = Date.parse(text);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
