import { renameNode } from '../expressions';
import type { JsonObject, NodeDefinition } from '../node-types';
import { mentionsAt } from './parameter-problems';
import { placesOf, type Place } from './places';

/** Parameters in whose expressions and code another node is called by its new name. */
export function renameMentions(
  { parameters: schema }: NodeDefinition,
  parameters: JsonObject,
  from: string,
  to: string,
): JsonObject {
  const places = new Map<string, Place>([...placesOf(schema, parameters)].map((place) => [place.pointer, place]));
  const mentions = (_: string, pointer: string) => {
    const place = places.get(pointer);
    return place ? mentionsAt(place) : [];
  };
  return renameNode(parameters, from, to, mentions) as JsonObject;
}
