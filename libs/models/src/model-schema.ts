import type { JsonValue } from '#kernel';
import type { JsonSchema } from '#platform/json-schema';
import type { FieldShape, FieldType, ModelField } from './model-field';

type Keywords = { [keyword: string]: JsonValue };

/** Base64 of RFC 4648, section 4. */
export const BASE64 = '^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$';

const TYPES: Record<FieldType, (shape: FieldShape) => Keywords> = {
  string: ({ minLength, maxLength, pattern }) => ({ type: 'string', ...given({ minLength, maxLength, pattern }) }),
  integer: ({ min, max }) => ({ type: 'integer', ...given({ minimum: min, maximum: max }) }),
  number: ({ min, max }) => ({ type: 'number', ...given({ minimum: min, maximum: max }) }),
  boolean: () => ({ type: 'boolean' }),
  datetime: () => ({ type: 'string', format: 'date-time' }),
  object: ({ fields }) => ({ type: 'object', ...(fields && membersOf(fields)) }),
  array: ({ items, minLength, maxLength }) => ({
    type: 'array',
    ...(items && { items: schemaOf(items) }),
    ...given({ minItems: minLength, maxItems: maxLength }),
  }),
  enum: (shape) => ({ enum: shape.enum ?? [] }),
  uuid: () => ({ type: 'string', format: 'uuid' }),
  binary: ({ minLength, maxLength }) => ({
    type: 'string',
    contentEncoding: 'base64',
    pattern: BASE64,
    ...given({ minLength: textLength(minLength), maxLength: textLength(maxLength) }),
    // Which no length of the text says exactly.
    ...given({ 'x-min-bytes': minLength, 'x-max-bytes': maxLength }),
  }),
};

/** What `$schema` says of ours. */
export const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

/** The model as JSON Schema (draft 2020-12). Members that it does not name are let through: producers may know more. Relations are resolved. */
export function modelSchema(name: string, fields: readonly ModelField[]): JsonSchema {
  return {
    $schema: DIALECT,
    title: name,
    type: 'object',
    ...membersOf(fields),
  };
}

function membersOf(fields: readonly ModelField[]): Keywords {
  const required = fields.filter((field) => field.required).map(({ name }) => name);
  return {
    properties: Object.fromEntries(fields.map((field) => [field.name, schemaOf(field)])),
    ...(required.length > 0 && { required }),
  };
}

function schemaOf(shape: FieldShape): Keywords {
  const { description, unit, sensitive } = shape;
  return {
    ...TYPES[shape.type](shape),
    ...given({ description, default: shape.default, 'x-unit': unit }),
    ...(sensitive && { 'x-sensitive': true }),
  };
}

/** Characters of base64 for so many bytes. */
const textLength = (bytes: number | undefined): number | undefined =>
  bytes === undefined ? undefined : Math.ceil(bytes / 3) * 4;

const given = (keywords: Record<string, JsonValue | undefined>): Keywords =>
  Object.fromEntries(Object.entries(keywords).filter(([, value]) => value !== undefined)) as Keywords;
