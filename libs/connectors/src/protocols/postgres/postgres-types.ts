import { types } from 'pg';
import type { JsonValue } from '#kernel';
import { dateTimeOf, decimalOf, floatOf, integerOf, jsonOf } from '../sql/sql-values';

const { BOOL, BYTEA, DATE, FLOAT4, FLOAT8, INT2, INT4, INT8, JSON: JSON_TYPE, JSONB, NUMERIC, OID } = types.builtins;
const { TIMESTAMP, TIMESTAMPTZ } = types.builtins;

const base64Of = (text: string): JsonValue =>
  text.startsWith('\\x') ? Buffer.from(text.slice(2), 'hex').toString('base64') : text;

/** From the texts that the server sends to JSON; types that are not here stay texts. */
const PARSERS = new Map<number, (text: string) => JsonValue>([
  [BOOL, (text) => text === 't'],
  [INT2, Number],
  [INT4, Number],
  [OID, Number],
  [INT8, integerOf],
  [FLOAT4, floatOf],
  [FLOAT8, floatOf],
  [NUMERIC, decimalOf],
  [JSON_TYPE, jsonOf],
  [JSONB, jsonOf],
  [BYTEA, base64Of],
  [DATE, (text) => text],
  [TIMESTAMP, (text) => dateTimeOf(text)],
  [TIMESTAMPTZ, (text) => dateTimeOf(text)],
]);

/** The types whose arrays are lists, by the array's own number (pg_type.dat of PostgreSQL). */
const ARRAYS = new Map<number, number>([
  [199, JSON_TYPE],
  [1000, BOOL],
  [1001, BYTEA],
  [1005, INT2],
  [1007, INT4],
  [1009, types.builtins.TEXT],
  [1014, types.builtins.BPCHAR],
  [1015, types.builtins.VARCHAR],
  [1016, INT8],
  [1021, FLOAT4],
  [1022, FLOAT8],
  [1115, TIMESTAMP],
  [1182, DATE],
  [1185, TIMESTAMPTZ],
  [1231, NUMERIC],
  [2951, types.builtins.UUID],
  [3807, JSONB],
]);

const NAMES = new Map(Object.entries(types.builtins).map(([name, oid]) => [oid, name.toLowerCase()]));

/** As PostgreSQL calls the type; its number for those that are not built in. */
export function typeName(oid: number): string {
  const element = ARRAYS.get(oid);
  return element === undefined ? (NAMES.get(oid) ?? String(oid)) : `${typeName(element)}[]`;
}

export function parseValue(oid: number, text: string | null): JsonValue {
  if (text === null) return null;
  const element = ARRAYS.get(oid);
  if (element === undefined) return PARSERS.get(oid)?.(text) ?? text;
  return parseArray(text, (one) => parseValue(element, one));
}

type ArrayParser = { create(text: string, parse: (text: string) => JsonValue): { parse(): JsonValue[] } };

function parseArray(text: string, parse: (text: string) => JsonValue): JsonValue {
  try {
    return (types.arrayParser as unknown as ArrayParser).create(text, parse).parse();
  } catch {
    return text;
  }
}
