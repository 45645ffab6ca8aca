import type { JsonValue } from '#kernel';
import type { JsonSchema } from '#platform/json-schema';
import type { Verdict } from '../topics/topic-policy';
import type { SchemaRules } from './schema-rules';

export type Judge = (value: JsonValue) => Verdict | undefined;

/** Why the value does not keep to a schema, without its name (`must be number`), or undefined. */
export type SchemaCheck = (value: JsonValue) => string | undefined;

type Fault = Pick<Verdict, 'reason' | 'message'>;
type Check = (value: JsonValue) => Fault | undefined;

/** Keywords that say nothing about values. */
const NOTES = /^(type|title|description|default|examples|deprecated|readOnly|writeOnly|\$schema|\$id|\$comment|x-.*)$/;

const IS_TYPE: Readonly<Record<string, (value: JsonValue) => boolean>> = {
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
  string: (value) => typeof value === 'string',
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
  array: Array.isArray,
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

/**
 * What the rules say of values; nothing where they say nothing. With a schema, `min` and `max` bound the numbers that it
 * lets through; without one, values have to be numbers.
 * @param checkOf makes the check of a schema that is more than types.
 */
export function judgeOf(
  rules: SchemaRules & { version: number },
  checkOf: (schema: JsonSchema) => SchemaCheck,
): Judge | undefined {
  if (rules.mode === 'off') return undefined;
  const outcome = rules.mode === 'strict' ? 'refuse' : 'lower';
  const checks = checksOf(rules, checkOf);
  const [first, second] = checks;
  if (!first) return undefined;
  const fault: Check = second ? (value) => first(value) ?? second(value) : first;
  const schemaVersion = rules.version;
  return (value) => {
    const found = fault(value);
    return found && { outcome, ...found, schemaVersion };
  };
}

function checksOf({ schema, modelSchema, min, max }: SchemaRules, checkOf: (schema: JsonSchema) => SchemaCheck) {
  const shape = schema ?? modelSchema;
  const bounded = min !== null || max !== null;
  const checks: Check[] = [];
  if (shape !== null) checks.push(shapeCheck(shape, checkOf));
  else if (bounded) checks.push(typeCheck(['number']));
  if (bounded) checks.push(rangeCheck(min ?? -Infinity, max ?? Infinity));
  return checks;
}

function shapeCheck(schema: JsonSchema, checkOf: (schema: JsonSchema) => SchemaCheck): Check {
  const types = typesAlone(schema);
  if (types) return typeCheck(types);
  const check = checkOf(schema);
  return (value) => {
    const message = check(value);
    return message === undefined ? undefined : { reason: 'schema_mismatch', message };
  };
}

/** The types where a schema says nothing else, so that no validator has to be made for it. */
function typesAlone(schema: JsonSchema): string[] | undefined {
  if (typeof schema === 'boolean' || !Object.keys(schema).every((keyword) => NOTES.test(keyword))) return undefined;
  return schema.type === undefined ? undefined : ([schema.type].flat() as string[]);
}

function typeCheck(types: readonly string[]): Check {
  const fault = { reason: 'wrong_type', message: `must be ${types.join(' or ')}` };
  const tests = types.map((type) => IS_TYPE[type]!);
  const [only] = tests;
  if (only && tests.length === 1) return (value) => (only(value) ? undefined : fault);
  return (value) => (tests.some((test) => test(value)) ? undefined : fault);
}

function rangeCheck(min: number, max: number): Check {
  const low = { reason: 'out_of_range', message: `must be at least ${min}` };
  const high = { reason: 'out_of_range', message: `must be at most ${max}` };
  return (value) => {
    if (typeof value !== 'number') return undefined;
    return value < min ? low : value > max ? high : undefined;
  };
}
