import type { JsonValue } from '#kernel';
import { ConnectorError } from '../../calls/connector-error';
import type { JsonObject } from '../protocol';

/*
 * Points in the line protocol of InfluxDB: `measurement,tag=a field=1.5 1700000000000000000`.
 */

export const PRECISIONS = ['ns', 'us', 'ms', 's'] as const;
export type Precision = (typeof PRECISIONS)[number];

export interface Point {
  measurement: string;
  tags?: JsonObject;
  fields: JsonObject;
  /** RFC 3339, or a number (as text where it is larger than a double can tell) in the precision of the call. */
  timestamp?: string | number;
}

export interface PointOptions {
  precision?: Precision | undefined;
  /** Fields whose numbers are integers to the database. */
  integerFields?: readonly string[] | undefined;
}

/** A line for the point, with its time in nanoseconds. @throws ConnectorError naming the place of what cannot be written */
export function lineOf(
  { measurement, tags = {}, fields, timestamp }: Point,
  place: string,
  options: PointOptions,
): string {
  const series = [named(measurement, `${place}.measurement`, /[, ]/g), ...tagsOf(tags, `${place}.tags`)].join(',');
  const values = fieldsOf(fields, `${place}.fields`, new Set(options.integerFields));
  if (values.length === 0) throw new ConnectorError(`${place}.fields has no value`);
  const time = timestamp === undefined ? '' : ` ${nanosecondsOf(timestamp, `${place}.timestamp`, options.precision)}`;
  return `${series} ${values.join(',')}${time}`;
}

/** Tags without a value are left out: the database knows no empty ones. */
function tagsOf(tags: JsonObject, place: string): string[] {
  return Object.entries(tags).flatMap(([key, value]) => {
    const text = value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
    if (text === '') return [];
    return [`${named(key, `${place}.${key}`, /[,= ]/g)}=${named(text, `${place}.${key}`, /[,= ]/g)}`];
  });
}

function fieldsOf(fields: JsonObject, place: string, integers: ReadonlySet<string>): string[] {
  return Object.entries(fields).flatMap(([key, value]) => {
    if (value === null) return [];
    const name = named(key, `${place}.${key}`, /[,= ]/g);
    return [`${name}=${fieldValue(value, `${place}.${key}`, integers.has(key))}`];
  });
}

function fieldValue(value: NonNullable<JsonValue>, place: string, isInteger: boolean): string {
  if (isInteger) {
    // A larger integer than a double can tell is a text.
    const digits =
      typeof value === 'string' || Number.isSafeInteger(value) ? JSON.stringify(value).replaceAll('"', '') : '';
    if (!/^-?\d{1,19}$/.test(digits)) throw new ConnectorError(`${place} must be an integer`);
    return `${digits}i`;
  }
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return `"${text.replace(/[\\"]/g, '\\$&')}"`;
}

/** A name or a tag's value; lines and backslashes at the end cannot be escaped. */
function named(text: string, place: string, special: RegExp): string {
  if (text === '') throw new ConnectorError(`${place} must not be empty`);

  if (/[\u0000-\u001f]|\\$/.test(text)) {
    throw new ConnectorError(`${place} must have no control characters, and no backslash at its end`);
  }
  return text.replace(special, '\\$&');
}

const SCALE: Record<Precision, bigint> = { ns: 1n, us: 1_000n, ms: 1_000_000n, s: 1_000_000_000n };
const RFC_3339 = /^(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:\.(\d{1,9})\d*)?([Zz]|[+-]\d\d:\d\d)$/;

function nanosecondsOf(timestamp: string | number, place: string, precision: Precision = 'ms'): string {
  const text = String(timestamp);
  if (/^-?\d{1,19}$/.test(text) && (typeof timestamp === 'string' || Number.isSafeInteger(timestamp))) {
    return (BigInt(text) * SCALE[precision]).toString();
  }
  const match = RFC_3339.exec(text);
  const seconds = match ? Date.parse(`${match[1]!}${match[3]!}`.toUpperCase()) : NaN;
  if (!Number.isNaN(seconds)) {
    return (BigInt(seconds) * SCALE.ms + BigInt((match![2] ?? '').padEnd(9, '0'))).toString();
  }
  throw new ConnectorError(`${place} must be a time by RFC 3339 or an integer`);
}
