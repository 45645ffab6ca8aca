import type { JsonValue } from '#kernel';
import { escaped } from '../expressions';
import type { JsonObject, NodeDefinition } from '../node-types';
import { placesOf } from './places';

const marked = new WeakMap<NodeDefinition, boolean>();

/** The parameters with other texts in those places that the schema marks `x-secret`. */
export function mapSecrets(
  definition: NodeDefinition,
  parameters: JsonObject,
  change: (text: string, pointer: string) => string,
): JsonObject {
  if (!hasSecrets(definition)) return parameters;
  const secret = new Set<string>();
  for (const { pointer, schemas } of placesOf(definition.parameters, parameters)) {
    if (schemas.some((schema) => schema['x-secret'] === true)) secret.add(pointer);
  }
  const map = (value: JsonValue, pointer: string): JsonValue => {
    if (typeof value === 'string') return secret.has(pointer) ? change(value, pointer) : value;
    if (Array.isArray(value)) return value.map((member, index) => map(member, `${pointer}/${index}`));
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).map(([key, member]) => [key, map(member, `${pointer}/${escaped(key)}`)]);
    return Object.fromEntries(members) as JsonObject;
  };
  return map(parameters, '') as JsonObject;
}

/** Most types have none, and need not be walked through. */
function hasSecrets(definition: NodeDefinition): boolean {
  const known = marked.get(definition);
  if (known !== undefined) return known;
  const has = JSON.stringify(definition.parameters).includes('"x-secret":true');
  marked.set(definition, has);
  return has;
}
