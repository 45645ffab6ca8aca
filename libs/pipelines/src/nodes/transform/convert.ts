import { jsonProblem, type JsonValue } from '#kernel';
import { kindOf } from '../support/inputs';

export const FIELD_KINDS = ['auto', 'string', 'number', 'boolean', 'json', 'array'] as const;
export type FieldKind = (typeof FIELD_KINDS)[number];

/** The value as that type; undefined where it cannot be. Nothing and null can be no other type. */
const CONVERSIONS: Record<FieldKind, (value: JsonValue) => JsonValue | undefined> = {
  auto: (value) => value,
  string: (value) => (value === null ? undefined : typeof value === 'object' ? JSON.stringify(value) : String(value)),
  number: toNumber,
  boolean: toBoolean,
  json: (value) => (typeof value === 'string' ? parsed(value) : value),
  array: (value) => {
    const list = typeof value === 'string' ? parsed(value) : value;
    return Array.isArray(list) ? list : undefined;
  },
};

/** @throws TypeError whose message goes on after the name of the field. */
export function convert(value: JsonValue, kind: FieldKind): JsonValue {
  const converted = CONVERSIONS[kind](value);
  if (converted === undefined) throw new TypeError(`cannot be made ${NAMES[kind]} of ${kindOf(value)}`);
  return converted;
}

const NAMES: Record<FieldKind, string> = {
  auto: 'a value',
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  json: 'JSON',
  array: 'an array',
};

function toNumber(value: JsonValue): number | undefined {
  if (typeof value === 'boolean') return Number(value);
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}

function toBoolean(value: JsonValue): boolean | undefined {
  const plain = typeof value === 'string' ? value.trim().toLowerCase() : value;
  if (plain === true || plain === 1 || plain === 'true' || plain === '1') return true;
  return plain === false || plain === 0 || plain === 'false' || plain === '0' ? false : undefined;
}

function parsed(text: string): JsonValue | undefined {
  try {
    const value = JSON.parse(text) as JsonValue;
    return jsonProblem(value) === undefined ? value : undefined;
  } catch {
    return undefined;
  }
}
