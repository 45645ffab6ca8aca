import { newId } from '#kernel';
import { plain, type Schema } from './document';

/**
 * Values that a schema allows: the example where there is one, else the default, else something that keeps to enum,
 * format and bounds. Texts that name a thing differ from call to call, since names are taken only once.
 */

export interface Choices {
  /** Decides a field before its schema does; undefined leaves it to the schema. */
  choose: (field: string, schema: Schema) => unknown;
  /** Whether a field that is not required is given all the same. */
  include?: (field: string, schema: Schema) => boolean;
  /** What the entity is now: a change of it has to change something. */
  current: Readonly<Record<string, unknown>>;
}

/** Fields that name a thing, of which there may be one alone. */
const NAMING = /^(name|email|slug|topic|title|key|userName|path|prefix|issuer)$/;

/** The smallest PNG there is: what a field for files gets. */
const PIXEL = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
);

export const isFile = (schema: Schema): boolean => plain(schema).format === 'binary';

/** @throws Error naming the field that no value can be made for. */
export async function exampleOf(schema: Schema, choices: Choices, field = ''): Promise<unknown> {
  const chosen = await choices.choose(field, schema);
  if (chosen !== undefined) return chosen;
  const shape = plain(schema);
  if (shape.properties) return objectOf(shape, choices);
  const value = shape.example ?? shape.default ?? (await derived(shape, choices, field));
  return different(value, shape, choices.current[field], field);
}

async function objectOf(shape: Schema, choices: Choices): Promise<object> {
  const examples = (shape.example ?? {}) as Record<string, unknown>;
  const all = Object.entries(shape.properties!).map(([name, schema]): [string, Schema] => [
    name,
    name in examples ? { ...plain(schema), example: examples[name] } : schema,
  ]);
  const wanted = all.filter(([name, schema]) => shape.required?.includes(name) || choices.include?.(name, schema));
  // A change that asks for nothing in particular still has to change something.
  const optional = all.find(([name, schema]) => isPlainText(name, schema)) ?? all.find(([, schema]) => !isId(schema));
  const fields = wanted.length > 0 || !optional ? wanted : [optional];
  const entries: [string, unknown][] = [];
  for (const [name, schema] of fields) entries.push([name, await exampleOf(schema, choices, name)]);
  return Object.fromEntries(entries);
}

const isPlainText = (name: string, schema: Schema): boolean =>
  plain(schema).type === 'string' && /^(name|description|message|reason)$/.test(name);

const isId = (schema: Schema): boolean => idSchema(schema) !== undefined;

/** The schema of an id, or of the ids in a list. */
export function idSchema(schema: Schema): Schema | undefined {
  const shape = plain(schema);
  if (shape.format === 'uuid') return shape;
  return shape.type === 'array' && shape.items ? idSchema(shape.items) : undefined;
}

async function derived(shape: Schema, choices: Choices, field: string): Promise<unknown> {
  const [either] = shape.oneOf ?? shape.anyOf ?? [];
  if (either) return exampleOf(either, choices, field);
  if (shape.enum) return shape.enum[0];
  switch (shape.type) {
    case 'string':
      return textOf(shape, field);
    case 'integer':
    case 'number':
      return Math.min(shape.maximum ?? 1, Math.max(shape.minimum ?? 1, 1));
    case 'boolean':
      return true;
    case 'array':
      return Promise.all(
        Array.from({ length: Math.max(1, shape.minItems ?? 0) }, () => exampleOf(shape.items ?? {}, choices, field)),
      );
    case 'object':
      return {};
    default:
      throw cannot(field);
  }
}

const cannot = (field: string): Error =>
  new Error(`the document does not tell what goes into "${field}": give the field of its DTO an @example`);

function textOf({ format, pattern, minLength = 0, maxLength = 200 }: Schema, field: string): unknown {
  switch (format) {
    case 'binary':
      return PIXEL;
    case 'uuid':
      return newId();
    case 'email':
      return `${tag()}@example.com`;
    case 'date-time':
      return new Date(Date.now() + 86_400_000).toISOString();
    case 'date':
      return new Date().toISOString().slice(0, 10);
    case 'uri':
      return 'https://example.com/';
    default:
      if (pattern !== undefined) throw cannot(field);
      return `Text ${tag()}`.padEnd(minLength, 'x').slice(0, maxLength);
  }
}

const tag = (): string => newId().slice(-12);

function different(value: unknown, shape: Schema, current: unknown, field: string): unknown {
  if (typeof value === 'string' && NAMING.test(field) && !shape.enum) return named(value, field, shape.maxLength);
  if (JSON.stringify(value) !== JSON.stringify(current)) return value;
  if (shape.enum) return shape.enum.find((other) => other !== current) ?? value;
  if (typeof value === 'boolean') return !value;
  if (typeof value !== 'number') return value;
  return value < (shape.maximum ?? Infinity) ? value + 1 : value - 1;
}

function named(value: string, field: string, maxLength = 60): string {
  if (value.includes('@')) return `${tag()}.${value}`;
  // An address is what it points to, not a name.
  if (value.includes('://')) return value;
  const separator = field === 'topic' ? '/' : field === 'name' || field === 'title' ? ' ' : '-';
  return `${value.slice(0, Math.max(0, maxLength - 13))}${separator}${tag()}`;
}
