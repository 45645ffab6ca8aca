import { placeOf } from '#platform/json-schema';
import {
  ExpressionError,
  parseExpression,
  parseTemplate,
  readScript,
  type NodeMention,
  type Template,
} from '../expressions';
import type { JsonObject, NodeDefinition } from '../node-types';
import { withDefaults } from './defaults';
import { kindOf, placesOf, type Place } from './places';
import { validatorOf } from './validators';

export interface ParameterProblem {
  /** In the parameters: `conditions[0]`. */
  parameter: string;
  message: string;
}

/** Keywords by which a value as a whole fits or does not, so that an expression anywhere in it leaves that open. */
const OF_THE_WHOLE = ['anyOf', 'oneOf', 'not', 'if', 'enum', 'const', 'contains', 'uniqueItems'];

/** Texts whose expressions cannot be read. Those that are still empty are none of them. */
export function unreadable({ parameters: schema }: NodeDefinition, parameters: JsonObject): ParameterProblem[] {
  return [...placesOf(schema, parameters)].flatMap((place) => {
    const message = isBlankExpression(place) ? undefined : faultOf(place);
    return message === undefined ? [] : [problem(place, message)];
  });
}

/**
 * What the schema finds wrong with parameters as they stand in a pipeline, and expressions that are missing. What an
 * expression gives is known with each run alone, so nothing is said about its place.
 */
export function parameterProblems(definition: NodeDefinition, given: JsonObject): ParameterProblem[] {
  const parameters = withDefaults(definition.parameters, given);
  const places = [...placesOf(definition.parameters, parameters)];
  const blank = places.filter(isBlankExpression).map((place) => problem(place, 'An expression is required'));
  const open = openPlaces(places);
  const found = validatorOf(definition)
    .problems(parameters)
    .filter(({ field }) => !open.some((place) => isWithin(field, place)))
    .map(({ field, message }) => ({ parameter: field, message }));
  const told = new Set(blank.map(({ parameter }) => parameter));
  return [...blank, ...found.filter(({ parameter }) => !told.has(parameter))];
}

/** Nodes that the parameters name by `$node["Name"]`, in texts that can be read. */
export function mentionsOf({ parameters: schema }: NodeDefinition, parameters: JsonObject) {
  return [...placesOf(schema, parameters)].flatMap((place) =>
    mentionsAt(place).map(({ name }) => ({ name, parameter: placeOf(place.pointer) })),
  );
}

/** Nodes that a text names; none where it cannot be read. */
export function mentionsAt(place: Place): readonly NodeMention[] {
  if (typeof place.value !== 'string' || isBlankExpression(place)) return [];
  try {
    if (kindOf(place) === 'code') return place.value.includes('$node') ? readScript(place.value).nodes : [];
    return mentionsIn(templateOf(place));
  } catch (error) {
    if (error instanceof ExpressionError) return [];
    throw error;
  }
}

const mentionsIn = (template: Template | undefined): NodeMention[] =>
  (template?.parts ?? []).flatMap((part) => (typeof part === 'string' ? [] : part.nodes));

/** The text with its expressions; nothing where it has none, or they are not ours to read. @throws ExpressionError */
export function templateOf(place: Place): Template | undefined {
  const { value } = place;
  if (typeof value !== 'string') return undefined;
  switch (kindOf(place)) {
    case 'expression':
      return parseExpression(value);
    case 'template':
      return parseTemplate(value);
    case 'code':
      return undefined;
  }
}

function faultOf(place: Place): string | undefined {
  try {
    templateOf(place);
    return undefined;
  } catch (error) {
    if (!(error instanceof ExpressionError)) throw error;
    return `${error.message} at character ${error.offset + 1}`;
  }
}

const isBlankExpression = (place: Place): boolean =>
  typeof place.value === 'string' && place.value.trim() === '' && kindOf(place) === 'expression';

const problem = ({ pointer }: Place, message: string): ParameterProblem => ({ parameter: placeOf(pointer), message });

/** Places of which nobody can say yet whether they fit: expressions, and what is judged as a whole with one inside. */
function openPlaces(places: readonly Place[]): string[] {
  const computed = places.filter((place) => !place.deferred && isComputed(place)).map(({ pointer }) => pointer);
  // A place that no schema describes is one too many, whatever is in it.
  const described = new Set(places.filter(({ schemas }) => schemas.length > 0).map(({ pointer }) => pointer));
  const wholes = places.filter(
    ({ value, schemas, pointer }) =>
      typeof value === 'object' &&
      schemas.some((schema) => OF_THE_WHOLE.some((keyword) => keyword in schema)) &&
      computed.some((inner) => inner.startsWith(`${pointer}/`)),
  );
  return [...computed.filter((pointer) => described.has(pointer)), ...wholes.map(({ pointer }) => pointer)].map(
    placeOf,
  );
}

function isComputed(place: Place): boolean {
  try {
    return templateOf(place) !== undefined;
  } catch {
    return true;
  }
}

const isWithin = (field: string, place: string): boolean =>
  field === place || field.startsWith(`${place}.`) || field.startsWith(`${place}[`);
