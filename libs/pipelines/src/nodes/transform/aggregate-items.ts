import type { JsonValue } from '#kernel';
import { NodeError } from '../../node-types';
import { fieldReader } from '../support/field-path';
import { kindOf, type JsonMembers } from '../support/inputs';

export const OPERATIONS = ['count', 'sum', 'avg', 'min', 'max', 'first', 'last', 'list', 'distinct'] as const;
export type Operation = (typeof OPERATIONS)[number];

export interface Aggregation {
  /** Dots lead into objects; none for the item itself. */
  field?: string;
  op: Operation;
  /** The name of the result; `<op>_<field>` where none is given. */
  as?: string;
}

export const resultName = ({ field, op, as }: Aggregation): string => as ?? (field ? `${op}_${field}` : op);

/** One object for each group, in the order in which they are met; without groups, one object. @throws NodeError */
export function aggregate(
  items: readonly JsonValue[],
  groupBy: readonly string[],
  aggregations: readonly Aggregation[],
): JsonValue {
  if (groupBy.length === 0) return Object.fromEntries(resultsOf(items, aggregations));
  const readers = groupBy.map(fieldReader);
  const groups = new Map<string, { key: JsonValue[]; items: JsonValue[] }>();
  for (const item of items) {
    const key = readers.map((read) => read(item) ?? null);
    const identity = JSON.stringify(key);
    const group = groups.get(identity);
    if (group) group.items.push(item);
    else groups.set(identity, { key, items: [item] });
  }
  return [...groups.values()].map((group): JsonMembers =>
    Object.fromEntries([
      ...groupBy.map((field, index): [string, JsonValue] => [field, group.key[index]!]),
      ...resultsOf(group.items, aggregations),
    ]),
  );
}

const resultsOf = (items: readonly JsonValue[], aggregations: readonly Aggregation[]): [string, JsonValue][] =>
  aggregations.map((aggregation) => [resultName(aggregation), resultOf(items, aggregation)]);

function resultOf(items: readonly JsonValue[], aggregation: Aggregation): JsonValue {
  const { field } = aggregation;
  const found = field ? items.map(fieldReader(field)) : items;
  // What an item does not have counts as little as null.
  const values = found.filter((value) => value !== undefined && value !== null);
  const result = COMPUTE[aggregation.op](values, resultName(aggregation));
  if (typeof result === 'number' && !Number.isFinite(result)) {
    throw fault(`${resultName(aggregation)} is out of the range of numbers`);
  }
  return result;
}

const fault = (message: string): NodeError => new NodeError(message, undefined, false);

type Values = readonly NonNullable<JsonValue>[];

const COMPUTE: Record<Operation, (values: Values, name: string) => JsonValue> = {
  count: (values) => values.length,
  sum: (values, name) => sum(numbers(values, name)),
  avg: (values, name) => (values.length === 0 ? null : sum(numbers(values, name)) / values.length),
  min: (values, name) => extreme(values, name, (value, best) => value < best),
  max: (values, name) => extreme(values, name, (value, best) => value > best),
  first: (values) => values[0] ?? null,
  last: (values) => values.at(-1) ?? null,
  list: (values) => [...values],
  distinct: (values) => [...new Map(values.map((value) => [JSON.stringify(value), value])).values()],
};

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

function numbers(values: Values, name: string): number[] {
  for (const value of values) {
    if (typeof value !== 'number') throw fault(`${name} needs numbers, and one value is ${kindOf(value)}`);
  }
  return values as number[];
}

/** Of numbers, or of texts (by their characters: right for RFC 3339 times of one zone). */
function extreme(values: Values, name: string, better: (value: never, best: never) => boolean): JsonValue {
  const [first, ...rest] = values;
  if (first === undefined) return null;
  if (typeof first !== 'number' && typeof first !== 'string') {
    throw fault(`${name} needs numbers or texts, and one value is ${kindOf(first)}`);
  }
  let best = first;
  for (const value of rest) {
    if (typeof value !== typeof first) throw fault(`${name} cannot compare ${kindOf(first)} with ${kindOf(value)}`);
    if (better(value as never, best as never)) best = value as typeof best;
  }
  return best;
}
