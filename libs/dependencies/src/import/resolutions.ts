import { conflict, invalid, newId, type DomainError } from '#kernel';
import type { Portable, PortableContent } from '#platform/dependencies';
import { foldedName } from '../exchange/catalog';
import { itemText, readReference, referenceText, type ItemKey } from '../format';
import type { Plan, PlannedItem, PlannedSecret } from './plan';
import { wholeOf } from './whole';

export const RESOLUTIONS = ['keep', 'replace', 'rename'] as const;

/** What is to be done with an item that could be done in several ways. */
export interface Resolution extends ItemKey {
  action: (typeof RESOLUTIONS)[number];
  newName?: string;
}

/** What is done with one item in the end. */
export interface Step extends ItemKey {
  action: 'create' | 'update' | 'unchanged' | 'keep';
  /** As the plan has it, and slots of secrets. */
  planned: PlannedItem;
  id: string;
  /** Null for what is made. */
  version: number | null;
  /** What is stored by it, with names in the place of ids. */
  content: PortableContent;
  secrets: readonly PlannedSecret[];
}

type FindPortable = (type: string) => Portable;

/**
 * The steps of a plan by what somebody decided. Parts follow what they are a part of, and references what they lead to.
 * @throws DomainError `bad_request` for decisions that do not fit; `conflict` where one is missing.
 */
export function stepsOf(plan: Plan, resolutions: readonly Resolution[], portable: FindPortable): Step[] {
  const decided = byItem(plan, resolutions);
  const open = plan.items.filter((item) => item.action === 'conflict' && !decided.has(itemText(item)));
  if (open.length > 0) throw unresolved(open);
  const renamed = newNames(plan, decided, portable);
  return plan.items.map((planned) => {
    const newName = renamed.get(itemText(planned));
    const step = stepOf(planned, newName, decided.get(itemText(planned))?.action);
    return { ...step, content: follow(portable(planned.type), step.content, renamed) };
  });
}

function stepOf(planned: PlannedItem, newName: string | undefined, decided: Resolution['action'] | undefined): Step {
  const { type, name, id, version, incoming, secrets } = planned;
  if (newName !== undefined) {
    const required = secrets.map(({ place }) => ({ place, required: true }));
    const fresh = { id: newId(), version: null, content: incoming, secrets: required };
    return { type, name: newName, action: 'create', planned, ...fresh };
  }
  const step = { type, name, planned, id, version, secrets, content: planned.merged ?? incoming };
  if (decided === 'keep') return { ...step, action: 'keep', content: incoming };
  if (decided === 'replace') return { ...step, action: 'update', content: incoming };
  return { ...step, action: planned.action === 'conflict' ? 'keep' : planned.action };
}

function byItem(plan: Plan, resolutions: readonly Resolution[]): Map<string, Resolution> {
  const items = new Map(plan.items.map((item) => [itemText(item), item]));
  const decided = new Map<string, Resolution>();
  for (const [index, resolution] of resolutions.entries()) {
    const field = `resolutions[${index}]`;
    const key = itemText(resolution);
    const item = items.get(key);
    if (!item) throw invalid({ field, message: `The plan has no ${resolution.type} ${resolution.name.slice(0, 100)}` });
    if (decided.has(key)) throw invalid({ field, message: `${key} is resolved twice` });
    if (item.version === null) throw invalid({ field, message: `${key} is new here: there is nothing to resolve` });
    if ((resolution.action === 'rename') !== (resolution.newName !== undefined)) {
      throw invalid({ field: `${field}.newName`, message: 'New name is required by rename, and by nothing else' });
    }
    decided.set(key, resolution);
  }
  return decided;
}

/** By items: those that are made beside what is here, with everything that is a part of them. */
function newNames(plan: Plan, decided: ReadonlyMap<string, Resolution>, portable: FindPortable): Map<string, string> {
  const names = new Map<string, string>();
  const wholes = new Map<string, string>();
  // Parts may name what they are a part of in another case.
  const folded = ({ type, name }: ItemKey): string => itemText({ type, name: foldedName(portable(type), name) });
  for (const [key, { newName, ...item }] of decided) {
    if (newName === undefined) continue;
    names.set(key, newName);
    wholes.set(folded(item), newName);
  }
  for (const item of plan.items) {
    const whole = wholeOf(portable(item.type), item);
    const newWhole = whole && wholes.get(folded(whole));
    if (!whole || newWhole === undefined) continue;
    const own = names.get(itemText(item)) ?? item.name;
    const rest = own.startsWith(`${whole.name}/`) ? own.slice(whole.name.length) : own.slice(own.lastIndexOf('/'));
    names.set(itemText(item), newWhole + rest);
  }
  return names;
}

function follow(portable: Portable, content: PortableContent, renamed: ReadonlyMap<string, string>): PortableContent {
  if (renamed.size === 0) return content;
  return portable.mapReferences(content, (type, text) => {
    const key = readReference(text);
    const name = key?.type === type ? renamed.get(itemText(key)) : undefined;
    return name === undefined ? text : referenceText({ type, name });
  });
}

/** Told at once. */
const MOST_TOLD = 100;

function unresolved(items: readonly PlannedItem[]): DomainError {
  const [first] = items;
  const more = items.length > 1 ? ` and ${items.length - 1} more` : '';
  const message = `${itemText(first!)}${more} must be resolved: keep, replace or rename`;
  return conflict(message, { unresolved: items.slice(0, MOST_TOLD).map(({ type, name }) => ({ type, name })) });
}
