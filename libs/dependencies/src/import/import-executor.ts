import { Injectable } from '@nestjs/common';
import { conflict, DomainError, invalid, type Member } from '#kernel';
import { isBulk, keyText, type PortableContent, type PortableEntity } from '#platform/dependencies';
import { Catalog, Catalogs, referencesIn } from '../exchange/catalog';
import { ContentsRepository, type Exchange } from '../exchange/contents.repository';
import { EntityWriter } from '../exchange/entity-writer';
import { keyOfId, Portables } from '../exchange/portables';
import { hashOf, itemText } from '../format';
import { Contributors } from '../index/contributors';
import { DatabaseDependencyIndex } from '../index/database-dependency-index';
import { isChange, renewed, requireSecrets, withSecrets, type GivenSecrets } from './given-secrets';
import { placeBefore } from './item-order';
import { circleOf, inOrder } from './order';
import type { Plan, Seen } from './plan';
import { stepsOf, type Resolution, type Step } from './resolutions';
import { changedSince, planIsStale } from './stale';
import { beforeOf, stateAfter, type Touched, type Undo } from './touched';
import { typesInOrder } from './type-order';
import type { WorkProgress } from './work-progress';

/** What is written at once: of one type, and all of it new or none. */
type Batch = [Step, ...Step[]];

/** Does what a plan says. */
@Injectable()
export class ImportExecutor {
  constructor(
    private readonly portables: Portables,
    private readonly writer: EntityWriter,
    private readonly catalogs: Catalogs,
    private readonly contents: ContentsRepository,
    private readonly contributors: Contributors,
    private readonly index: DatabaseDependencyIndex,
  ) {}

  /**
   * In the caller's transaction, which has the organization's imports locked.
   * @throws DomainError `conflict` where something is not as it was when the plan was made, or is undecided.
   */
  async execute(
    member: Member,
    plan: Plan,
    resolutions: readonly Resolution[],
    secrets: GivenSecrets,
    progress: WorkProgress,
  ): Promise<{ steps: Step[]; undo: Undo }> {
    const { organizationId } = member;
    const planned = stepsOf(plan, resolutions, (type) => this.portables.get(type));
    const catalog = await this.catalogs.of(organizationId);
    await this.requireUnchanged(organizationId, plan, catalog);
    const steps = await this.withRenewed(organizationId, planned, catalog, secrets);
    requireNewNames(steps, catalog);
    requireSecrets(plan, steps, secrets);
    const changes = this.inOrder(steps.filter(isChange));
    for (const step of changes) if (isNew(step)) catalog.add({ type: step.type, name: step.name, id: step.id });
    for (const step of changes) if (step.name !== step.planned.name) this.requireValid(step, catalog);
    const updates = changes.filter((step) => !isNew(step));
    const before = await this.portables.entities(organizationId, updates);
    progress.total = changes.length;
    const batches = this.batches(changes);
    const late = batches.findIndex(([{ type }]) => this.portables.get(type).holdsOthersUp);
    const cut = late < 0 ? batches.length : late;
    const work: Work = { member, catalog, secrets, progress, before, states: new Map() };
    const write = async (some: readonly Batch[]): Promise<void> => {
      for (const batch of some) await this.write(work, batch);
    };
    const exchanged = await this.together(organizationId, async () => {
      await this.portables.release(member, updates);
      await write(batches.slice(0, cut));
      const common = await this.exchange(organizationId, steps);
      await write(batches.slice(cut));
      return common;
    });
    await this.requirePresent(organizationId, plan);
    return { steps, undo: { touched: await this.touchedBy(work, changes), exchanged } };
  }

  /** Judged, and written into the graph, when all of it is done. */
  private together<T>(organizationId: string, work: () => Promise<T>): Promise<T> {
    return this.index.gathering(organizationId, () => this.portables.together(organizationId, work));
  }

  /** With what changes by its secrets alone. */
  private async withRenewed(
    organizationId: string,
    steps: readonly Step[],
    catalog: Catalog,
    secrets: GivenSecrets,
  ): Promise<Step[]> {
    const asked = steps.filter((step) => !isNew(step) && !isChange(step) && step.secrets.length > 0);
    const entities = await this.portables.entities(organizationId, asked);
    return steps.map((step) => {
      const entity = entities.get(keyOfId(step));
      const named = (content: PortableContent) => catalog.toNames(this.portables.get(step.type), content);
      return entity ? renewed(step, entity, secrets, named) : step;
    });
  }

  /** Remembers what both sides have in common from now on; gives what of it is new. */
  private async exchange(organizationId: string, steps: readonly Step[]): Promise<Undo['exchanged']> {
    const exchanged = steps.map(exchangedBy);
    const last = await this.contents.last(organizationId, exchanged);
    const before = new Map(last.map((one) => [itemText(one), one]));
    const fresh = exchanged.filter((one) => {
      const known = before.get(itemText(one));
      return known?.hash !== one.hash || known.entered !== one.hash;
    });
    const known = await this.contents.known(organizationId, fresh);
    await this.contents.keep(organizationId, 'entered', exchanged);
    return known;
  }

  private async write({ member, catalog, secrets, progress, before, states }: Work, batch: Batch): Promise<void> {
    const { type, version } = batch[0];
    const portable = this.portables.get(type);
    const entities = batch.map((step) => ({
      ...{ id: step.id, name: step.name, version: step.version ?? 0 },
      content: withSecrets(catalog.toIds(portable, step.content), step, secrets),
    }));
    for (const { id, name, content } of entities) {
      const key = keyOfId({ type, id });
      states.set(key, stateAfter(name, content, before.get(key)));
    }
    try {
      if (version === null) await this.writer.create(member, type, entities, progress.add);
      else await this.writer.update(member, type, entities, progress.add);
    } catch (error) {
      if (!(error instanceof DomainError) || error.kind !== 'precondition_failed') throw error;
      throw await this.staleError(member.organizationId, batch);
    }
  }

  /** Each by itself, but for types that are written together: whichever order those come in among themselves is the same. */
  private batches(changes: readonly Step[]): Batch[] {
    return runsOf(changes).flatMap((run) => {
      if (!isBulk(this.portables.get(run[0].type))) return run.map((step): Batch => [step]);
      const parts = [run.filter(isNew), run.filter((step) => !isNew(step))];
      return parts.filter((part): part is Batch => part.length > 0);
    });
  }

  /** What has got another name was not judged with it yet. @throws DomainError `bad_request` */
  private requireValid({ type, name, content }: Step, catalog: Catalog): void {
    const portable = this.portables.get(type);
    const { problems } = portable.check(name, catalog.toIds(portable, content));
    const [first, ...others] = problems;
    if (!first) return;
    const { kind, message, details } = invalid(first, ...others);
    throw new DomainError(kind, `${type} ${name}: ${message}`, details);
  }

  /** @throws DomainError `conflict` that names what is not as it was when the plan was made. */
  private async requireUnchanged(organizationId: string, plan: Plan, catalog: Catalog): Promise<void> {
    const seen = [...plan.items, ...plan.outside].filter(isSeen);
    const versions = await this.portables.versions(organizationId, seen);
    const isRenamed = (one: Seen): boolean => versions.has(keyOfId(one)) && catalog.byName(one)?.id !== one.id;
    const made = plan.items.filter((item) => item.version === null && catalog.byName(item));
    const stale = [
      ...seen.filter(isRenamed).map(({ type, name }) => ({ type, name, message: 'was renamed' })),
      ...changedSince(
        seen.filter((one) => !isRenamed(one)),
        versions,
      ),
      ...made.map(({ type, name }) => ({ type, name, message: 'was made' })),
    ];
    if (stale.length > 0) throw planIsStale(stale);
  }

  /** What is referred to may have gone since it was looked at; from here on it cannot. @throws DomainError `conflict` */
  private async requirePresent(organizationId: string, plan: Plan): Promise<void> {
    const named = this.contributors.namedById([...plan.items, ...plan.outside].filter(isSeen));
    const keys = named.map(({ type, id }) => ({ type, key: id }));
    const present = new Set((await this.index.present(organizationId, keys)).map(keyText));
    const gone = named.filter(({ type, id }) => !present.has(keyText({ type, key: id })));
    if (gone.length > 0) throw planIsStale(gone.map(({ type, name }) => ({ type, name, message: 'was deleted' })));
  }

  /** One of the batch was changed between the look at its version and its own change. */
  private async staleError(organizationId: string, batch: Batch): Promise<DomainError> {
    const stale = changedSince(batch.filter(isSeen), await this.portables.versions(organizationId, batch));
    return planIsStale(
      stale.length > 0 ? stale : [{ type: batch[0].type, name: batch[0].name, message: 'was changed' }],
    );
  }

  /**
   * Types after those that have to be there first, and within them each after what it refers to.
   * @throws DomainError `bad_request` for new ones that need one another.
   */
  private inOrder(changes: readonly Step[]): Step[] {
    const ranks = new Map(typesInOrder(this.portables.all()).map((type, rank) => [type, rank]));
    const sorted = [...changes].sort((a, b) => ranks.get(a.type)! - ranks.get(b.type)!);
    const created = new Set(sorted.filter(isNew).map(itemText));
    const places = sorted.map((step) => {
      const portable = this.portables.get(step.type);
      const place = placeBefore(step, portable, referencesIn(portable, step.content).keys);
      return { ...place, needs: [...place.needs].filter((key) => created.has(key)), step };
    });
    const { ordered, circle } = inOrder(places);
    // None in the plan, but new names may make one of what only replaced what is here.
    if (circle) throw invalid({ field: 'resolutions', message: circleOf(circle) });
    return ordered.map(({ step }) => step);
  }

  private async touchedBy({ member, before, states }: Work, changes: readonly Step[]): Promise<Touched[]> {
    const versions = await this.portables.versions(member.organizationId, changes);
    return changes.map(({ type, name, id }) => {
      const key = keyOfId({ type, id });
      const [version, state, old] = [versions.get(key)!, states.get(key)!, before.get(key)];
      return { type, name, id, version, state, ...(old && { before: beforeOf(old) }) };
    });
  }
}

/** What all parts of an execution need. */
interface Work {
  member: Member;
  catalog: Catalog;
  secrets: GivenSecrets;
  progress: WorkProgress;
  /** What is changed, by `keyOfId`. */
  before: ReadonlyMap<string, PortableEntity>;
  /** Of what is written, by `keyOfId`. */
  states: Map<string, string>;
}

const isNew = ({ version }: Step): boolean => version === null;

const isSeen = <T extends Seen | { version: number | null }>(one: T): one is T & Seen => one.version !== null;

/** Steps of one type that come one after the other. */
function runsOf(changes: readonly Step[]): Batch[] {
  const runs: Batch[] = [];
  for (const step of changes) {
    const run = runs.at(-1);
    if (run?.[0].type === step.type) run.push(step);
    else runs.push([step]);
  }
  return runs;
}

/** What both sides now have in common, also where what is here was kept. */
const exchangedBy = ({ type, name, planned, action, content }: Step): Exchange => {
  const { hash, base, incoming } = planned;
  if (name !== planned.name && action === 'create') return { type, name, hash: hashOf(content), base: null, content };
  return { type, name, hash, base: base === undefined || base === hash ? null : base, content: incoming };
};

/** @throws DomainError `conflict` for a new name that is taken. */
function requireNewNames(steps: readonly Step[], catalog: Catalog): void {
  const made = new Set<string>();
  for (const step of steps) {
    const name = `${step.type}:${catalog.fold(step)}`;
    const isTaken = made.has(name) || (step.action === 'create' && catalog.byName(step) !== undefined);
    if (isTaken) throw conflict(`There is another ${step.type} ${step.name}: rename it differently`);
    made.add(name);
  }
}
