import { Injectable } from '@nestjs/common';
import { newId } from '#kernel';
import { SECRET_PLACE, type Portable, type PortableContent, type PortableEntity } from '#platform/dependencies';
import { inTurns, takeTurns } from '#platform/turns';
import { Catalog, Catalogs, referencesIn } from '../exchange/catalog';
import { ContentsRepository, type LastExchanged } from '../exchange/contents.repository';
import { keyOfId, Portables } from '../exchange/portables';
import { hashOf, itemText, type ExchangeFile, type ExchangeItem, type ItemKey } from '../format';
import { decide } from './decision';
import { circleOf, inOrder } from './order';
import { placeBefore } from './item-order';
import { problemOf, told, type ItemProblem, type Plan, type PlannedItem, type Seen } from './plan';
import { valueAt } from './places';
import { wholeOf } from './whole';

/** An item on its way into a plan. */
interface Candidate {
  item: ExchangeItem;
  portable: Portable;
  id: string;
  isHere: boolean;
  references: ItemKey[];
  /** As it would be stored, with names in the place of ids. */
  incoming: PortableContent;
  /** Of `incoming`. */
  hash: string;
  secrets: readonly string[];
}

/** Finds out what an import would do. */
@Injectable()
export class Planner {
  constructor(
    private readonly portables: Portables,
    private readonly catalogs: Catalogs,
    private readonly contents: ContentsRepository,
  ) {}

  /** In the caller's snapshot. With problems there is no plan worth keeping. */
  async plan(organizationId: string, file: ExchangeFile): Promise<{ plan: Plan; problems: ItemProblem[] }> {
    const problems: ItemProblem[] = [];
    const here = await this.catalogs.of(organizationId);
    const all = new Catalog(this.portables);
    for (const known of this.portables.types.flatMap((type) => here.all(type))) {
      await takeTurns();
      all.add(known);
    }
    const accepted = await this.accept(file.items, here, all, problems);
    const judged = await inTurns(accepted, ({ item, portable, id, isHere }) => {
      const candidate = this.judge(item, portable, all, problems);
      return candidate && { item, portable, id, isHere, ...candidate };
    });
    const candidates = judged.filter((candidate) => candidate !== undefined);
    problems.push(...circlesAmong(candidates));
    const there = candidates.filter(({ isHere }) => isHere).map(({ item: { type }, id }) => ({ type, id }));
    const entities = await this.portables.entities(organizationId, there);
    const bases = await this.bases(organizationId, candidates);
    const items = await inTurns(candidates, (candidate) => {
      const entity = entities.get(keyOfId({ type: candidate.item.type, id: candidate.id }));
      return this.planItem(candidate, all, entity, bases.get(candidate.item));
    });
    const outside = await this.outside(organizationId, candidates, here);
    return { plan: { description: file.description, items, outside }, problems };
  }

  /** Gives each item the id of what is here, or a new one, so that all can refer to each other. */
  private async accept(items: readonly ExchangeItem[], here: Catalog, all: Catalog, problems: ItemProblem[]) {
    const accepted: Pick<Candidate, 'item' | 'portable' | 'id' | 'isHere'>[] = [];
    const seen = new Set<string>();
    for (const item of items) {
      await takeTurns();
      const { type, name } = item;
      const portable = this.portables.find(type);
      if (!portable) {
        problems.push(problemOf(item, `Type ${type} is not known here`));
        continue;
      }
      const key = `${type}:${here.fold(item)}`;
      if (seen.has(key)) {
        problems.push(problemOf(item, `There is another ${type} of this name in the file`));
        continue;
      }
      seen.add(key);
      const known = here.byName(item);
      const id = known?.id ?? newId();
      // By the file's name, which may differ in case from the one here.
      all.add({ type, name, id });
      accepted.push({ item, portable, id, isHere: known !== undefined });
    }
    return accepted;
  }

  private judge(item: ExchangeItem, portable: Portable, all: Catalog, problems: ItemProblem[]) {
    const found: ItemProblem[] = [];
    const checked = readable(() => {
      const { keys, strange } = referencesIn(portable, item.content);
      return { keys, strange, ...portable.check(item.name, all.toIds(portable, item.content)) };
    });
    if (!checked) {
      problems.push(problemOf(item, `Content is not that of a ${item.type}`));
      return undefined;
    }
    const { keys: references, strange, content, secrets } = checked;
    for (const text of strange) found.push(problemOf(item, `${text.slice(0, 200)} is no reference of a file`));
    for (const key of references) {
      if (all.byName(key)) continue;
      found.push(problemOf(item, `${key.type} ${key.name} is neither in the file nor here`));
    }
    const whole = wholeOf(portable, item);
    if (whole && !all.byName(whole)) {
      found.push(problemOf(item, `${whole.type} ${whole.name} is neither in the file nor here`));
    }
    // What a reference that leads nowhere does to the rest needs no telling.
    if (found.length === 0) found.push(...checked.problems.map((problem) => problemOf(item, problem)));
    for (const place of secrets) {
      // As it came: of what would be stored, areas may have masked it already.
      const value = valueAt(item.content, place);
      if (value === undefined || value === SECRET_PLACE) continue;
      const message = `Secrets do not travel in files: put ${SECRET_PLACE} there and give it with the execution`;
      found.push(problemOf(item, { field: place, message }));
    }
    problems.push(...found);
    if (found.length > 0) return undefined;
    // By the names of the file, which may differ in case from those that refer to them.
    const incoming = all.toNames(portable, content);
    return { references: references.map((key) => all.byName(key)!), incoming, hash: hashOf(incoming), secrets };
  }

  /**
   * What both sides were made of, by items: what the file says, where it is known here, or what came last from elsewhere. What
   * has left since tells nothing: whoever made the file may never have seen it, so that changes which it has would be lost.
   */
  private async bases(
    organizationId: string,
    candidates: readonly Candidate[],
  ): Promise<Map<ExchangeItem, PortableContent>> {
    const here = candidates.filter(({ isHere }) => isHere);
    const exchanged = await this.contents.last(
      organizationId,
      here.map(({ item }) => item),
    );
    const last = new Map(await inTurns(exchanged, (one): [string, LastExchanged] => [itemText(one), one]));
    const wanted = await inTurns(here, ({ item, hash }) => {
      const before = last.get(itemText(item));
      return { item, hashes: before ? basesOf(item, hash, before) : [item.base].filter((one) => one !== undefined) };
    });
    const contents = await this.contents.contents(
      organizationId,
      wanted.flatMap(({ hashes }) => hashes),
    );
    const bases = new Map<ExchangeItem, PortableContent>();
    for (const { item, hashes } of wanted) {
      await takeTurns();
      const known = hashes.find((hash) => contents.has(hash));
      if (known !== undefined) bases.set(item, contents.get(known)!);
    }
    return bases;
  }

  private planItem(
    { item: { type, name, base }, portable, id, incoming, hash, secrets }: Candidate,
    all: Catalog,
    entity: PortableEntity | undefined,
    baseContent: PortableContent | undefined,
  ): PlannedItem {
    const now = entity && all.toNames(portable, entity.content);
    let decision = decide({ incoming, ...(now && { here: now }), ...(baseContent && { base: baseContent }) });
    const merged = decision.merged && portable.check(name, all.toIds(portable, decision.merged));
    if (merged && merged.problems.length > 0) {
      const reason = `Both changes together would not be valid: ${merged.problems[0]!.message}`;
      const { changes, localChanges } = decision;
      decision = { action: 'conflict', reason, changes, ...(localChanges && { localChanges }) };
    }
    const stored = decision.merged ?? incoming;
    const planned = secrets.map((place) => ({
      place,
      required: !entity?.secrets.has(place) && isWithin(stored, place),
    }));
    return {
      ...{ type, name, id, version: entity?.version ?? null, hash, incoming },
      ...(base !== undefined && { base }),
      ...decision,
      changes: told(decision.changes),
      ...(decision.localChanges && { localChanges: told(decision.localChanges) }),
      secrets: planned,
    };
  }

  private async outside(organizationId: string, candidates: readonly Candidate[], here: Catalog): Promise<Seen[]> {
    const inFile = new Set(candidates.map(({ item, id }) => `${item.type}:${id}`));
    const ids = new Map<string, Set<string>>();
    for (const { item, portable, references } of candidates) {
      await takeTurns();
      const whole = wholeOf(portable, item);
      for (const key of whole ? [...references, whole] : references) {
        const known = here.byName(key);
        if (!known || inFile.has(`${known.type}:${known.id}`)) continue;
        ids.set(known.type, (ids.get(known.type) ?? new Set()).add(known.id));
      }
    }
    const seen: Seen[] = [];
    for (const [type, wanted] of ids) {
      for await (const batch of this.portables.read(organizationId, type, [...wanted])) {
        seen.push(...batch.map(({ id, name, version }) => ({ type, id, name, version })));
      }
    }
    return seen;
  }
}

/** What an item was made of, likeliest first. @param hash of its content as it would be stored. */
function basesOf(item: ExchangeItem, hash: string, { hash: last, entered }: LastExchanged): string[] {
  // Whoever imports again what was exchanged last brings nothing new.
  if (last === hash) return [last];
  // Written by hand, it says nothing of what it was made of.
  if (item.hash === undefined && item.base === undefined) return [last];
  return [item.base, entered].filter((one) => typeof one === 'string');
}

/** Whether the content has what a place lies in: what was taken away here needs no secret. */
const isWithin = (content: PortableContent, place: string): boolean =>
  valueAt(content, place.slice(0, place.lastIndexOf('/'))) !== undefined;

/** Contents come from anywhere: one whose shape its type did not expect is none of that type. */
function readable<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Those that are new and need one another to be there first. */
function circlesAmong(candidates: readonly Candidate[]): ItemProblem[] {
  const fresh = candidates.filter(({ isHere }) => !isHere);
  const { circle } = inOrder(fresh.map(({ item, portable, references }) => placeBefore(item, portable, references)));
  if (!circle) return [];
  const first = fresh.find(({ item }) => itemText(item) === circle[0])!.item;
  return [problemOf(first, circleOf(circle))];
}
