import type { FieldProblem, JsonValue } from '#kernel';
import type { PortableContent } from '#platform/dependencies';
import type { ItemKey } from '../format';
import type { Difference } from './three-way';

/** What an import would do, as it is kept until it is executed. Contents have names in the place of ids. */
export interface Plan {
  description: string | null;
  items: PlannedItem[];
  /** What the items refer to and is not among them, as it was when the plan was made. */
  outside: Seen[];
}

/** An entity at a version. */
export interface Seen extends ItemKey {
  id: string;
  version: number;
}

export interface PlannedItem extends ItemKey {
  /** Of the entity that is here, or that will be. */
  id: string;
  /** Of the entity that is here; null where there is none. */
  version: number | null;
  action: 'create' | 'update' | 'unchanged' | 'conflict';
  /** Why it is what it is, where that needs saying. */
  reason?: string;
  /** By which what is here would change: with a conflict, if the file's content replaced it. */
  changes: Difference[];
  /** By which what is here differs from what was exchanged last. */
  localChanges?: Difference[];
  /** Of `incoming`. */
  hash: string;
  base?: string;
  /** The file's content, as it would be stored. */
  incoming: PortableContent;
  /** Both together, where that is another than `incoming`. */
  merged?: PortableContent;
  /** Places of secrets. */
  secrets: PlannedSecret[];
}

export interface PlannedSecret {
  /** JSON Pointer. */
  place: string;
  /** Whether there is none here that could stay. */
  required: boolean;
}

/** What is wrong with an item. */
export interface ItemProblem extends ItemKey {
  field?: string;
  message: string;
}

export const slotOf = ({ type, name }: ItemKey, place: string): string => `${type}:${name}#${place}`;

export const problemOf = ({ type, name }: ItemKey, problem: FieldProblem | string): ItemProblem =>
  typeof problem === 'string'
    ? { type, name, message: problem }
    : { type, name, ...(problem.field !== '' && { field: problem.field }), message: problem.message };

/** Of one item; what else differs is counted by nobody. */
const MOST_DIFFERENCES = 100;
/** Characters of a value as JSON. */
const LONGEST_VALUE = 1_000;

/** Differences as they are told: not all of very many, and without values that are long. */
export const told = (differences: readonly Difference[]): Difference[] =>
  differences.slice(0, MOST_DIFFERENCES).map(({ field, from, to }) => ({
    field,
    ...(isShort(from) && { from }),
    ...(isShort(to) && { to }),
  }));

const isShort = (value: JsonValue | undefined): boolean =>
  value !== undefined && JSON.stringify(value).length <= LONGEST_VALUE;
