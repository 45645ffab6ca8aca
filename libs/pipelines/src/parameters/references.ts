import { isId } from '#kernel';
import { isReference } from '#platform/dependencies';
import { placeOf } from '#platform/json-schema';
import { ExpressionError, literalsIn, type Template } from '../expressions';
import { REFERENCES, type JsonObject, type NodeDefinition, type ReferenceMark } from '../node-types';
import { withDefaults } from './defaults';
import { templateOf } from './parameter-problems';
import { mapTexts, placesOf, saysKeyword, type Place } from './places';
import { filterOf, fullTopicOf, patternOf, topicOf, type Target } from './topic-references';

/** An entity that a node's parameters name. */
export interface ParameterReference extends Target {
  /** In the parameters: `topics[0]`. */
  parameter: string;
}

const hasReferences = saysKeyword('x-reference');

/**
 * What the texts refer to that the schema marks `x-reference`: ids and topics that stand there, or in quotes in their
 * expressions. What an expression computes otherwise is known with each run alone.
 */
export function referencesOf(definition: NodeDefinition, given: JsonObject): ParameterReference[] {
  if (!hasReferences(definition)) return [];
  const parameters = withDefaults(definition.parameters, given);
  return [...placesOf(definition.parameters, parameters)].flatMap((place) => {
    const mark = markOf(place);
    return mark ? targetsAt(place, mark).map((target) => ({ ...target, parameter: placeOf(place.pointer) })) : [];
  });
}

/**
 * The parameters with other ids in those places. `map` is given whatever stands there, an id or not; topics are their
 * names and stay.
 */
export function mapReferences(
  definition: NodeDefinition,
  parameters: JsonObject,
  map: (type: string, text: string) => string,
): JsonObject {
  if (!hasReferences(definition)) return parameters;
  const places = new Map([...placesOf(definition.parameters, parameters)].map((place) => [place.pointer, place]));
  return mapTexts(parameters, (text, pointer) => {
    const place = places.get(pointer)!;
    const mark = markOf(place);
    if (!mark || isTopical(mark)) return text;
    const mapped = (old: string) => map(mark, keyOf(old));
    const template = readable(place);
    if (template === 'unreadable') return text;
    return template ? withLiterals(place, text, template, mapped) : mapped(text);
  });
}

/** Texts in the places of ids that are no reference, nor have an expression that could give one. */
export function strangeReferences(
  definition: NodeDefinition,
  parameters: JsonObject,
): { parameter: string; type: ReferenceMark }[] {
  if (!hasReferences(definition)) return [];
  return [...placesOf(definition.parameters, parameters)].flatMap((place) => {
    const mark = markOf(place);
    if (!mark || isTopical(mark) || typeof place.value !== 'string' || isReference(place.value)) return [];
    return readable(place) === undefined ? [{ parameter: placeOf(place.pointer), type: mark }] : [];
  });
}

function withLiterals(place: Place, text: string, template: Template, map: (text: string) => string): string {
  // From the end, so that the places before stay right.
  const changed = literalsIn(text, template).reduceRight((result, { value, start, end }) => {
    const other = map(value);
    return other === value ? result : result.slice(0, start) + JSON.stringify(other) + result.slice(end);
  }, text);
  return readable({ ...place, value: changed }) === 'unreadable' ? text : changed;
}

function targetsAt(place: Place, mark: ReferenceMark): Target[] {
  const { value: text } = place;
  const template = typeof text === 'string' ? readable(place) : 'unreadable';
  if (typeof text !== 'string' || template === 'unreadable') return [];
  const found = template ? computedTargets(text, template, mark) : [TARGETS[mark](text)];
  return found.filter((target) => target !== undefined);
}

function computedTargets(text: string, template: Template, mark: ReferenceMark): (Target | undefined)[] {
  const targetOf = mark === 'topic' ? fullTopicOf : TARGETS[mark];
  const literals = literalsIn(text, template).map(({ value }) => targetOf(value));
  if (!isTopical(mark)) return literals;
  const parts = template.parts.map((part) => (typeof part === 'string' ? part : undefined));
  return [patternOf(parts, mark === 'topic-filter'), ...literals];
}

const isTopical = (mark: ReferenceMark): boolean => mark === 'topic' || mark === 'topic-filter';

/** Ids are the same whatever their case. */
const keyOf = (text: string): string => (isId(text) ? text.toLowerCase() : text);

const idOf =
  (type: ReferenceMark) =>
  (text: string): Target | undefined =>
    isId(text) ? { kind: 'uses', type, key: keyOf(text) } : undefined;

const TARGETS: Record<ReferenceMark, (text: string) => Target | undefined> = {
  connection: idOf('connection'),
  function: idOf('function'),
  model: idOf('model'),
  pipeline: idOf('pipeline'),
  topic: topicOf,
  'topic-filter': filterOf,
};

function markOf({ schemas }: Place): ReferenceMark | undefined {
  const marks = schemas.map((schema) => schema['x-reference']);
  return REFERENCES.find((mark) => marks.includes(mark));
}

/** Nothing where the text has no expression. */
function readable(place: Place): Template | undefined | 'unreadable' {
  try {
    return templateOf(place);
  } catch (error) {
    if (error instanceof ExpressionError) return 'unreadable';
    throw error;
  }
}
