import { invalid, type JsonValue } from '#kernel';
import { placeOf } from '#platform/json-schema';
import { ParameterRefusal, type JsonObject, type PlaceEncoder } from '../protocols/protocol';

/*
 * `((name))` in a text of a function's config is a place for a parameter. A text that is nothing but one place becomes the
 * value with its type; elsewhere the value is put into the text.
 */

export const PARAMETER_NAME = /^[A-Za-z_]\w{0,63}$/;

const PLACE = /\(\(\s*([A-Za-z_]\w{0,63})\s*\)\)/g;

/** Literal text, or the name of a parameter. */
export type TemplatePart = string | { parameter: string };

/** A text by its parts, the empty ones left out. */
export function parsePlaces(text: string): TemplatePart[] {
  const parts: TemplatePart[] = [];
  let from = 0;
  for (const match of text.matchAll(PLACE)) {
    parts.push(text.slice(from, match.index), { parameter: match[1]! });
    from = match.index + match[0].length;
  }
  parts.push(text.slice(from));
  return parts.filter((part) => part !== '');
}

interface PlacedText {
  /** As people write it: `query.items[0]`. */
  field: string;
  parameters: string[];
  /** Nothing but one place. */
  whole: boolean;
}

/** The texts of a config that have places. */
export function placedTexts(config: JsonObject): PlacedText[] {
  const found: PlacedText[] = [];
  const visit = (value: JsonValue, pointer: string): void => {
    if (typeof value === 'string') {
      const parts = parsePlaces(value);
      const parameters = parts.flatMap((part) => (typeof part === 'string' ? [] : [part.parameter]));
      if (parameters.length > 0) found.push({ field: placeOf(pointer), parameters, whole: parts.length === 1 });
    } else if (value !== null && typeof value === 'object') {
      for (const [key, member] of Object.entries(value)) {
        visit(member, `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`);
      }
    }
  };
  visit(config, '');
  return found;
}

export interface Filling {
  /** By the names of the parameters; those without a value are missing. */
  values: ReadonlyMap<string, JsonValue>;
  encoderAt?: ((place: readonly string[], config: JsonObject) => PlaceEncoder | undefined) | undefined;
  /** Members at the top that stay as they are. */
  verbatim?: readonly string[] | undefined;
}

/** Characters that parameters may add to a config, all places together. */
export const MOST_FILLED = 16 * 1024 * 1024;

/**
 * The config with values in its places. A text that is one place without a value is left out.
 * @throws DomainError `bad_request` naming a parameter that cannot stand where it is, or is too large.
 */
export function fillPlaces(config: JsonObject, { values, encoderAt, verbatim = [] }: Filling): JsonObject {
  const texts = new ParameterTexts(values);
  const fill = (value: JsonValue, place: readonly string[]): JsonValue | undefined => {
    if (typeof value === 'string') return fillText(value, values, texts, encoderAt?.(place, config));
    if (value === null || typeof value !== 'object') return value;
    if (Array.isArray(value)) {
      const members = value.map((member, index) => fill(member, [...place, String(index)]));
      return members.filter((member) => member !== undefined);
    }
    return membersOf(value, (member, key) => fill(member, [...place, key]));
  };
  return membersOf(config, (member, key) => (verbatim.includes(key) ? member : fill(member, [key])));
}

function membersOf(value: JsonObject, change: (member: JsonValue, key: string) => JsonValue | undefined): JsonObject {
  const members = Object.entries(value).map(([key, member]) => [key, change(member, key)] as const);
  return Object.fromEntries(members.filter(([, member]) => member !== undefined)) as JsonObject;
}

function fillText(
  text: string,
  values: ReadonlyMap<string, JsonValue>,
  texts: ParameterTexts,
  encoder: PlaceEncoder | undefined,
): JsonValue | undefined {
  const parts = parsePlaces(text);
  const [only] = parts;
  if (parts.length === 1 && typeof only === 'object' && (!encoder || !values.has(only.parameter))) {
    texts.take(only.parameter);
    return values.get(only.parameter);
  }
  return parts.reduce<string>((before, part) => {
    if (typeof part === 'string') return before + part;
    const value = texts.take(part.parameter);
    return before + (encoder ? encoded(encoder, value, before, part.parameter) : value);
  }, '');
}

function encoded(encoder: PlaceEncoder, value: string, before: string, parameter: string): string {
  try {
    return encoder(value, before);
  } catch (error) {
    if (!(error instanceof ParameterRefusal)) throw error;
    throw refusal(parameter, error.message);
  }
}

const refusal = (parameter: string, message: string): Error =>
  invalid({ field: `parameters.${parameter}`, message: `Parameter ${parameter} ${message}` });

/** Parameters as texts, each made once, and all that is taken of them bounded: a place costs five characters. */
class ParameterTexts {
  private readonly made = new Map<string, string>();
  private taken = 0;

  constructor(private readonly values: ReadonlyMap<string, JsonValue>) {}

  /** Nothing for what is missing, JSON for objects and arrays. */
  take(parameter: string): string {
    const known = this.made.get(parameter);
    const text = known ?? asText(this.values.get(parameter));
    if (known === undefined) this.made.set(parameter, text);
    this.taken += text.length;
    if (this.taken > MOST_FILLED) throw refusal(parameter, 'makes the call larger than 16 MiB');
    return text;
  }
}

function asText(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
