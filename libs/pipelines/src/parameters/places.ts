import type { JsonValue } from '#kernel';
import { escaped } from '../expressions';
import type { JsonObject, NodeDefinition, ParameterSchema } from '../node-types';

/** A place in a node's parameters. */
export interface Place {
  /** RFC 6901: `/headers/0/value`. */
  pointer: string;
  value: JsonValue;
  /** All schemas that may describe it: those of the branches of unions, too. */
  schemas: readonly JsonObject[];
  /** It is, or lies within, a parameter that the node is given as it stands. */
  deferred: boolean;
}

/** What a text in the parameters is. */
export type TextKind =
  /** Expressions stand in `{{ }}`. */
  | 'template'
  /** It is an expression also without them. */
  | 'expression'
  /** Statements, or whatever else the node reads in it. */
  | 'code';

const UNIONS = ['anyOf', 'oneOf', 'allOf'];

export const isObject = (value: JsonValue | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The parameters and everything inside them. */
export function* placesOf(schema: ParameterSchema, parameters: JsonObject): Generator<Place> {
  for (const [name, value] of Object.entries(parameters)) {
    const schemas = memberSchemas([schema as unknown as JsonObject], name);
    const deferred = schemas.some((own) => own['x-deferred'] === true);
    yield* within({ pointer: `/${escaped(name)}`, value, schemas, deferred });
  }
}

/** The parameters with other texts in some places; all other values are the same. */
export function mapTexts(parameters: JsonObject, change: (text: string, pointer: string) => string): JsonObject {
  const map = (value: JsonValue, pointer: string): JsonValue => {
    if (typeof value === 'string') return change(value, pointer);
    if (Array.isArray(value)) return value.map((member, index) => map(member, `${pointer}/${index}`));
    if (!isObject(value)) return value;
    const members = Object.entries(value).map(([key, member]) => [key, map(member, `${pointer}/${escaped(key)}`)]);
    return Object.fromEntries(members) as JsonObject;
  };
  return map(parameters, '') as JsonObject;
}

/** Whether anything in a type's schema says `keyword`; most types need not be walked through. */
export function saysKeyword(keyword: string): (definition: NodeDefinition) => boolean {
  const known = new WeakMap<NodeDefinition, boolean>();
  return (definition) => {
    const says = known.get(definition) ?? JSON.stringify(definition.parameters).includes(`"${keyword}":`);
    known.set(definition, says);
    return says;
  };
}

export function kindOf({ schemas, deferred }: Place): TextKind {
  if (schemas.some((schema) => schema['x-expression'] === true)) return 'expression';
  return deferred ? 'code' : 'template';
}

function* within(place: Place): Generator<Place> {
  yield place;
  const { pointer, value, schemas, deferred } = place;
  if (Array.isArray(value)) {
    const inner = schemas.flatMap(({ items }) => branches(items));
    for (const [index, member] of value.entries()) {
      yield* within({ pointer: `${pointer}/${index}`, value: member, schemas: inner, deferred });
    }
  } else if (isObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      const inner = memberSchemas(schemas, key);
      yield* within({ pointer: `${pointer}/${escaped(key)}`, value: member, schemas: inner, deferred });
    }
  }
}

const memberSchemas = (schemas: readonly JsonObject[], key: string): JsonObject[] =>
  schemas.flatMap(({ properties, additionalProperties }) => {
    const named = isObject(properties) && Object.hasOwn(properties, key);
    return branches(named ? properties[key] : additionalProperties);
  });

function branches(schema: JsonValue | undefined): JsonObject[] {
  if (!isObject(schema)) return [];
  const inner = UNIONS.flatMap((keyword) => {
    const members = schema[keyword];
    return Array.isArray(members) ? members.flatMap(branches) : [];
  });
  return [schema, ...inner];
}
