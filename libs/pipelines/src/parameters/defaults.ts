import type { JsonValue } from '#kernel';
import type { JsonObject, ParameterSchema } from '../node-types';
import { isObject } from './places';

/** The parameters with what the schema gives where they say nothing, also within objects and elements of arrays. */
export const withDefaults = (schema: ParameterSchema, parameters: JsonObject): JsonObject =>
  complete(schema as unknown as JsonObject, parameters) as JsonObject;

function complete({ properties, items }: JsonObject, value: JsonValue): JsonValue {
  if (Array.isArray(value)) return isObject(items) ? value.map((member) => complete(items, member)) : value;
  if (!isObject(value) || !isObject(properties)) return value;
  const schemas = Object.entries(properties).filter((entry): entry is [string, JsonObject] => isObject(entry[1]));
  const result = { ...value };
  for (const [name, schema] of schemas) {
    const member = Object.hasOwn(result, name) ? result[name] : structuredClone(schema['default']);
    if (member !== undefined) result[name] = complete(schema, member);
  }
  return result;
}
