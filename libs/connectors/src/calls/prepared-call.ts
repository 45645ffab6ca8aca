import { invalid, type JsonValue } from '#kernel';
import type { ConnectionFunction } from '../functions/connection-function.entity';
import { parameterValues } from '../functions/parameters';
import { fillPlaces } from '../functions/places';
import type { JsonObject, KnownFunctionType } from '../protocols';

export interface PreparedCall {
  /** With the parameters put in. */
  config: JsonObject;
  /** With defaults, checked. */
  parameters: ReadonlyMap<string, JsonValue>;
}

/**
 * What a session is given of a function.
 * @throws DomainError `bad_request` naming every parameter that does not fit, or where they make a config that cannot be used
 */
export function preparedCall(
  type: KnownFunctionType,
  { config, parameters: declared }: Pick<ConnectionFunction, 'config' | 'parameters'>,
  given: JsonObject,
): PreparedCall {
  const { definition } = type;
  const { verbatim } = definition;
  const values = parameterValues(declared, given);
  const complete = fillPlaces(config, { values, encoderAt: definition.encoderAt?.bind(definition), verbatim });
  const bySchema = type.schemaProblems(complete);
  const [first, ...others] = bySchema.length > 0 ? bySchema : (definition.check?.(complete) ?? []);
  if (first) throw invalid(first, ...others);
  return { config: complete, parameters: values };
}
