import type { JsonValue } from '#kernel';
import { NodeError, type NodeCall } from '../../node-types';

/** Items that one node works through in one call. */
export const MOST_ITEMS = 100_000;

/** What the first of the nodes before gave, by their names; what started the run where there is none. */
export const firstInput = ({ inputs, scope }: Pick<NodeCall, 'inputs' | 'scope'>): JsonValue =>
  inputs.length > 0 ? inputs[0]!.value : (scope.$trigger ?? null);

/** An array of at most 100,000 items. @throws NodeError that begins with the title of the parameter. */
export function requireItems(value: JsonValue | undefined, title: string): JsonValue[] {
  if (!Array.isArray(value)) throw new NodeError(`${title} must be an array, not ${kindOf(value)}`, undefined, false);
  if (value.length > MOST_ITEMS) {
    throw new NodeError(`${title} must have at most 100,000 items, not ${value.length}`, undefined, false);
  }
  return value;
}

/** What people call a value: `a text`, `nothing`. */
export function kindOf(value: JsonValue | undefined): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return 'an array';
  return { string: 'a text', number: 'a number', boolean: 'true or false', object: 'an object' }[
    typeof value as 'string' | 'number' | 'boolean' | 'object'
  ];
}

export type JsonMembers = { [name: string]: JsonValue };

export const isObject = (value: JsonValue | undefined): value is JsonMembers =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
