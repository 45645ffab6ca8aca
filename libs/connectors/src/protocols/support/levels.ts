import { ParameterRefusal, type JsonObject, type PlaceEncoder } from '../protocol';

/*
 * Names made of levels, as MQTT topics and NATS subjects are: a parameter within such a name stays the level it stands in,
 * and never becomes a wildcard.
 */

export interface Levels {
  /** `/` of `plant/line`. */
  separator: string;
  /** Characters that mean something else than themselves. */
  special: RegExp;
}

/** A member that is nothing but one place may be any name; its check has the say. */
export function levelEncoder(levels: Levels, member: string, config: JsonObject): PlaceEncoder | undefined {
  const text = config[member];
  const isWhole = typeof text === 'string' && /^\(\(\s*\w+\s*\)\)$/.test(text);
  return isWhole ? undefined : (value) => oneLevel(value, levels);
}

function oneLevel(text: string, { separator, special }: Levels): string {
  if (text === '') throw new ParameterRefusal('must not be empty in a name');
  if (text.includes(separator)) throw new ParameterRefusal(`must not contain ${separator} in a name`);
  if (special.test(text)) throw new ParameterRefusal('has a character that cannot be part of a name');
  return text;
}
