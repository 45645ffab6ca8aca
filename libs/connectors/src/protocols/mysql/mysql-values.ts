import type { JsonValue } from '#kernel';
import { dateTimeOf, decimalOf, integerOf, jsonOf } from '../sql/sql-values';

/** A column, as the client library describes it. */
export interface MysqlField {
  name: string;
  columnType: number;
  characterSet: number;
  /** `json` where MariaDB says so; to the protocol the type is a text there. */
  extendedFormat?: string;
}

/** The protocol's numbers of types (field_types.h of MySQL). */
const TYPES: Readonly<Record<number, string>> = {
  0: 'decimal',
  1: 'tinyint',
  2: 'smallint',
  3: 'int',
  4: 'float',
  5: 'double',
  6: 'null',
  7: 'timestamp',
  8: 'bigint',
  9: 'mediumint',
  10: 'date',
  11: 'time',
  12: 'datetime',
  13: 'year',
  15: 'varchar',
  16: 'bit',
  242: 'vector',
  245: 'json',
  246: 'decimal',
  247: 'enum',
  248: 'set',
  249: 'text',
  250: 'text',
  251: 'text',
  252: 'text',
  253: 'varchar',
  254: 'char',
  255: 'geometry',
};

/** The character set of bytes. */
const BINARY = 63;
const BINARY_NAMES: Readonly<Record<string, string>> = { text: 'blob', varchar: 'varbinary', char: 'binary' };

export function typeName({ columnType, characterSet, extendedFormat }: MysqlField): string {
  if (extendedFormat === 'json') return 'json';
  const name = TYPES[columnType] ?? String(columnType);
  return characterSet === BINARY ? (BINARY_NAMES[name] ?? name) : name;
}

/** What the client library reads of a column as JSON. @param timeZone offset that TIMESTAMPs are told in */
export function valueOf(type: string, value: unknown, timeZone: string): JsonValue {
  if (value === null || value === undefined) return null;
  if (Buffer.isBuffer(value)) return type === 'bit' ? bitsOf(value) : value.toString('base64');
  if (typeof value === 'number') return type === 'float' ? singleOf(value) : value;
  if (typeof value !== 'string') return value as JsonValue;
  switch (type) {
    case 'bigint':
      return integerOf(value);
    case 'decimal':
      return decimalOf(value);
    case 'datetime':
      return dateTimeOf(value);
    case 'timestamp':
      return dateTimeOf(value, timeZone);
    case 'json':
      return jsonOf(value);
    default:
      return value;
  }
}

const bitsOf = (bytes: Buffer): JsonValue => integerOf(BigInt(`0x${bytes.toString('hex') || '0'}`).toString());

/** The shortest number that is the same in single precision: 0.1 and not 0.10000000149011612. */
function singleOf(value: number): number {
  for (let digits = 6; digits < 9; digits++) {
    const shorter = Number(value.toPrecision(digits));
    if (Math.fround(shorter) === value) return shorter;
  }
  return value;
}

/** Bytes of a row, nearly. */
export const sizeOf = (row: readonly unknown[]): number =>
  row.reduce<number>((sum, value) => sum + (typeof value === 'string' || Buffer.isBuffer(value) ? value.length : 8), 0);

/** Objects and lists are written as JSON. */
export const bindable = (value: JsonValue): JsonValue =>
  value !== null && typeof value === 'object' ? JSON.stringify(value) : value;

const RFC_3339 = /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/;

/** MySQL reads no RFC 3339: times for columns of such a type are written in the session's zone. */
export function timeFor(type: string, value: JsonValue, timeZone: string): JsonValue {
  const match = typeof value === 'string' && /^(datetime|timestamp|date)$/.test(type) ? RFC_3339.exec(value) : null;
  if (!match) return value;
  const [, date, time, fraction = '', offset] = match;
  const moment = Date.parse(`${date!}T${time!}${offset!.toUpperCase()}`);
  if (Number.isNaN(moment)) return value;
  const there = new Date(moment + minutesOf(timeZone) * 60_000).toISOString();
  return type === 'date' ? there.slice(0, 10) : `${there.slice(0, 19).replace('T', ' ')}${fraction}`;
}

function minutesOf(offset: string): number {
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4));
  return offset.startsWith('-') ? -minutes : minutes;
}
