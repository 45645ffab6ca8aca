import type { JsonValue } from '#kernel';
import { NodeError, type NodeInput } from '../../node-types';
import { fieldReader } from '../support/field-path';
import { isObject, MOST_ITEMS } from '../support/inputs';

export const MERGE_MODES = ['object', 'append', 'combineByPosition', 'combineByKey'] as const;
export type MergeMode = (typeof MERGE_MODES)[number];

interface Source {
  name: string;
  items: readonly JsonValue[];
}

type Members = [name: string, value: JsonValue][];

/** Several inputs as one value. They come ordered by the names of their nodes. @throws NodeError */
export function mergeInputs(inputs: readonly NodeInput[], mode: MergeMode, keyField = ''): JsonValue {
  const names = namesOf(inputs);
  if (mode === 'object') return Object.fromEntries(inputs.map(({ value }, index) => [names[index]!, value]));
  const sources = inputs.map(({ value }, index) => ({ name: names[index]!, items: itemsOf(value) }));
  const count = sources.reduce((sum, { items }) => sum + items.length, 0);
  if (count > MOST_ITEMS) throw fault(`At most 100,000 items can be merged, not ${count}`);
  if (mode === 'append') return sources.flatMap(({ items }) => items);
  return mode === 'combineByPosition' ? byPosition(sources) : byKey(sources, keyField);
}

const fault = (message: string): NodeError => new NodeError(message, undefined, false);

/** The names of the nodes; with the port where one gives several. */
const namesOf = (inputs: readonly NodeInput[]): string[] =>
  inputs.map(({ nodeId, nodeName, port }) =>
    inputs.filter((other) => other.nodeId === nodeId).length > 1 ? `${nodeName}_${port}` : nodeName,
  );

const itemsOf = (value: JsonValue): readonly JsonValue[] => (Array.isArray(value) ? value : [value]);

function byPosition(sources: readonly Source[]): JsonValue {
  const longest = Math.max(0, ...sources.map(({ items }) => items.length));
  return Array.from({ length: longest }, (_, index) =>
    Object.fromEntries(
      sources.flatMap(({ name, items }) => (index < items.length ? prefixed(name, items[index]!) : [])),
    ),
  );
}

/** Rows in the order in which their keys are first met. */
function byKey(sources: readonly Source[], keyField: string): JsonValue {
  const keyOf = fieldReader(keyField);
  const rows = new Map<string, Map<string, JsonValue>>();
  for (const { name, items } of sources) {
    for (const [index, item] of items.entries()) {
      const key = keyOf(item);
      if (key === undefined || key === null) throw fault(`Item ${index + 1} of ${name} has no field ${keyField}`);
      const identity = JSON.stringify(key);
      const row = rows.get(identity) ?? new Map<string, JsonValue>([[keyField, key]]);
      rows.set(identity, row);
      for (const [member, value] of prefixed(name, item, keyField)) row.set(member, value);
    }
  }
  return [...rows.values()].map((row) => Object.fromEntries(row));
}

/** An object's members, each with the name of where it comes from ahead; anything else under that name itself. */
function prefixed(source: string, item: JsonValue, without?: string): Members {
  if (!isObject(item)) return [[source, item]];
  const members = Object.entries(item).filter(([name]) => name !== without);
  return members.map(([name, value]) => [`${source}_${name}`, value]);
}
