import type { JsonValue } from '#kernel';
import { floatOf, integerOf } from '../sql/sql-values';

/** A column, as the client library describes it. */
export interface MssqlColumn {
  colName: string;
  type: { name: string };
  /** Bytes, where a type is of several sizes. */
  dataLength?: number | undefined;
}

const SIZED: Readonly<Record<string, Readonly<Record<number, string>>>> = {
  intn: { 1: 'tinyint', 2: 'smallint', 4: 'int', 8: 'bigint' },
  floatn: { 4: 'real', 8: 'float' },
  moneyn: { 4: 'smallmoney', 8: 'money' },
  datetimen: { 4: 'smalldatetime', 8: 'datetime' },
  bitn: { 1: 'bit' },
};

/** As the server calls the type; the protocol has others for columns that may be null. */
export function typeName({ type, dataLength = 0 }: MssqlColumn): string {
  const name = type.name.toLowerCase();
  return SIZED[name]?.[dataLength] ?? name.replace(/^(decimal|numeric)n$/, '$1');
}

/** Of a date the client library tells beside its milliseconds what is below them, in seconds. */
type ReadDate = Date & { nanosecondsDelta?: number };

/** What the client library reads of a column as JSON. */
export function valueOf(type: string, value: unknown): JsonValue {
  if (value === null || value === undefined) return null;
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (isDate(value)) return timeOf(type, value);
  if (type === 'bigint' && typeof value === 'string') return integerOf(value);
  if (typeof value === 'number') return Number.isFinite(value) ? value : floatOf(String(value));
  return typeof value === 'string' || typeof value === 'boolean' ? value : JSON.stringify(value);
}

const isDate = (value: unknown): value is ReadDate => Object.prototype.toString.call(value) === '[object Date]';

function timeOf(type: string, value: ReadDate): JsonValue {
  const iso = value.toISOString();
  if (type === 'date') return iso.slice(0, 10);
  const below = Math.round((value.nanosecondsDelta ?? 0) * 10_000_000)
    .toString()
    .padStart(4, '0');
  const whole = `${iso.slice(0, -1)}${below}`.replace(/\.?0+$/, '');
  if (type === 'time') return whole.slice(11);
  // Only datetimeoffset knows its moment; the client library tells it in UTC.
  return type === 'datetimeoffset' ? `${whole}Z` : whole;
}

export type ParameterType = 'NVarChar' | 'Int' | 'BigInt' | 'Float' | 'Bit';

/** How a value is bound; the server makes of it what it is compared with or written to. */
export function boundValue(value: JsonValue): { type: ParameterType; value: string | number | boolean | null } {
  if (value === null || typeof value === 'string') return { type: 'NVarChar', value };
  if (typeof value === 'boolean') return { type: 'Bit', value };
  if (typeof value === 'object') return { type: 'NVarChar', value: JSON.stringify(value) };
  if (!Number.isSafeInteger(value)) return { type: 'Float', value };
  return Math.abs(value) < 2 ** 31 ? { type: 'Int', value } : { type: 'BigInt', value };
}

/** Bytes of a row, nearly. */
export const sizeOf = (row: readonly unknown[]): number =>
  row.reduce<number>(
    (sum, value) => sum + (typeof value === 'string' || value instanceof Uint8Array ? value.length : 8),
    0,
  );
