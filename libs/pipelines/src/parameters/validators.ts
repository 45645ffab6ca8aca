import { SchemaValidator, type JsonSchema } from '#platform/json-schema';
import type { NodeDefinition } from '../node-types';

const validators = new WeakMap<NodeDefinition, SchemaValidator>();

/** The validator of a node type's parameters: making one takes milliseconds, so each type has its own. */
export function validatorOf(definition: NodeDefinition): SchemaValidator {
  const known = validators.get(definition);
  if (known) return known;
  const validator = new SchemaValidator(definition.parameters as unknown as JsonSchema);
  validators.set(definition, validator);
  return validator;
}
