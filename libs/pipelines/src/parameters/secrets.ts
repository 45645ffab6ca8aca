import { escaped } from '../expressions';
import type { JsonObject, NodeDefinition, ParameterSchema } from '../node-types';
import { isObject, mapTexts, placesOf, saysKeyword } from './places';

const hasSecrets = saysKeyword('x-secret');

/** The parameters with other texts in those places that the schema marks `x-secret`. */
export function mapSecrets(
  definition: NodeDefinition,
  parameters: JsonObject,
  change: (text: string, pointer: string) => string,
): JsonObject {
  if (!hasSecrets(definition)) return parameters;
  const secret = new Set<string>();
  for (const { pointer, schemas } of placesOf(definition.parameters, parameters)) {
    if (schemas.some(isSecret)) secret.add(pointer);
  }
  return mapTexts(parameters, (text, pointer) => (secret.has(pointer) ? change(text, pointer) : text));
}

/** Places of secrets in which something stands that is no text, and so cannot be kept as one. */
export function wrongSecrets(definition: NodeDefinition, parameters: JsonObject): string[] {
  if (!hasSecrets(definition)) return [];
  return [...placesOf(definition.parameters, parameters)]
    .filter(({ value, schemas }) => schemas.some(isSecret) && value !== null && typeof value !== 'string')
    .map(({ pointer }) => pointer);
}

/** Places of secrets that the schema requires and the parameters do not have. */
export function missingSecrets(definition: NodeDefinition, parameters: JsonObject): string[] {
  if (!hasSecrets(definition)) return [];
  const root = { pointer: '', value: parameters, schemas: [definition.parameters as unknown as JsonObject] };
  return [root, ...placesOf(definition.parameters, parameters)].flatMap(({ pointer, value, schemas: [schema] }) => {
    // Of a union, nobody knows which branch is meant: what those require is left to the check of the whole.
    const { properties, required } = (schema ?? {}) as Partial<ParameterSchema>;
    if (!isObject(value) || !isObject(properties) || !Array.isArray(required)) return [];
    const missing = required.filter((name) => !Object.hasOwn(value, name) && isSecret(properties[name] ?? {}));
    return missing.map((name) => `${pointer}/${escaped(name)}`);
  });
}

const isSecret = (schema: JsonObject): boolean => schema['x-secret'] === true;
