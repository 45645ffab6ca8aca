import { Injectable } from '@nestjs/common';
import { conflict, DomainError, invalid, type Member } from '#kernel';
import { keyText, type Portable, type PortableContent, type PortableEntity } from '#platform/dependencies';
import { Catalog, Catalogs, referencesIn } from '../exchange/catalog';
import { ContentsRepository, type Exchange } from '../exchange/contents.repository';
import { Portables } from '../exchange/portables';
import { hashOf, itemText } from '../format';
import { Contributors } from '../index/contributors';
import { DatabaseDependencyIndex } from '../index/database-dependency-index';
import { isChange, renewed, requireSecrets, withSecrets, type GivenSecrets } from './given-secrets';
import { placeBefore, typesInOrder } from './item-order';
import { inOrder } from './order';
import type { Plan, Seen } from './plan';
import { stepsOf, type Resolution, type Step } from './resolutions';
import { beforeOf, type Touched, type Undo } from './touched';

/** Told at once. */
const MOST_TOLD = 100;
/** Made at once, of types that can. */
const BATCH = 500;

/** What is done at once. */
type Batch = [Step, ...Step[]];

/** Does what a plan says. */
@Injectable()
export class ImportExecutor {
  constructor(
    private readonly portables: Portables,
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
  ): Promise<{ steps: Step[]; undo: Undo }> {
    const { organizationId } = member;
    const portable = (type: string): Portable => this.portables.get(type);
    const planned = stepsOf(plan, resolutions, portable);
    const catalog = await this.catalogs.of(organizationId);
    const entities = await this.requireUnchanged(organizationId, plan, catalog);
    const steps = planned.map((step) => {
      const entity = entities.get(`${step.type}:${step.id}`);
      const named = (content: PortableContent) => catalog.toNames(portable(step.type), content);
      return entity ? renewed(step, entity, secrets, named) : step;
    });
    requireNewNames(steps, catalog);
    requireSecrets(plan, steps, secrets);
    const changes = this.inOrder(steps.filter(isChange));
    for (const { type, name, id, action } of changes) if (action === 'create') catalog.add({ type, name, id });
    for (const step of changes) if (step.name !== step.planned.name) this.requireValid(step, catalog);
    await this.together(organizationId, async () => {
      await this.portables.release(
        member,
        changes.filter(({ action }) => action === 'update'),
      );
      for (const steps of this.batches(changes)) await this.apply(member, steps, catalog, secrets);
    });
    await this.requirePresent(organizationId, plan);
    const exchanged = await this.exchange(organizationId, steps);
    return { steps, undo: { touched: await this.touchedBy(organizationId, changes, entities), exchanged } };
  }

  /** Judged, and written into the graph, when all of it is done. */
  private together(organizationId: string, work: () => Promise<void>): Promise<void> {
    return this.index.gathering(organizationId, () => this.portables.together(organizationId, work));
  }

  /** Remembers what both sides have in common from now on; gives what of it is new. */
  private async exchange(organizationId: string, steps: readonly Step[]): Promise<Undo['exchanged']> {
    const exchanged = steps.map(exchangedBy);
    const last = await this.contents.last(organizationId, exchanged);
    const before = new Map(last.map((one) => [itemText(one), one.hash]));
    const fresh = exchanged.filter((one) => before.get(itemText(one)) !== one.hash);
    const known = await this.contents.known(organizationId, fresh);
    await this.contents.keep(organizationId, exchanged);
    return known;
  }

  private async apply(member: Member, steps: Batch, catalog: Catalog, secrets: GivenSecrets): Promise<void> {
    const [{ type, version }] = steps;
    const portable = this.portables.get(type);
    const entities = steps.map((step) => {
      const content = withSecrets(catalog.toIds(portable, step.content), step, secrets);
      return { id: step.id, name: step.name, content };
    });
    try {
      if (version !== null) await portable.update(member, { ...entities[0]!, version });
      else if (portable.createAll) await portable.createAll(member, entities);
      else await portable.create(member, entities[0]!);
    } catch (error) {
      throw error instanceof DomainError ? ofItem(steps, error) : error;
    }
  }

  /** What can be made together, in the same order; else each by itself. */
  private batches(changes: readonly Step[]): Batch[] {
    const batches: Batch[] = [];
    for (const step of changes) {
      const batch = batches.at(-1);
      const joins = batch?.[0].type === step.type && batch[0].version === null && step.version === null;
      if (joins && batch.length < BATCH && this.portables.get(step.type).createAll) batch.push(step);
      else batches.push([step]);
    }
    return batches;
  }

  /** What has got another name was not judged with it yet. @throws DomainError `bad_request` */
  private requireValid(step: Step, catalog: Catalog): void {
    const portable = this.portables.get(step.type);
    const { problems } = portable.check(step.name, catalog.toIds(portable, step.content));
    const [first, ...others] = problems;
    if (first) throw ofItem([step], invalid(first, ...others));
  }

  /** The entities that are there, by `<type>:<id>`. */
  private async requireUnchanged(
    organizationId: string,
    plan: Plan,
    catalog: Catalog,
  ): Promise<Map<string, PortableEntity>> {
    const seen = seenIn(plan);
    const entities = await this.read(organizationId, seen);
    const stale = [
      ...seen.flatMap((one) => {
        const entity = entities.get(`${one.type}:${one.id}`);
        if (entity && catalog.byName(one)?.id === one.id) {
          return entity.version === one.version ? [] : [{ ...keyOf(one), message: 'was changed' }];
        }
        return [{ ...keyOf(one), message: entity ? 'was renamed' : 'was deleted' }];
      }),
      ...plan.items
        .filter((item) => item.version === null && catalog.byName(item))
        .map((item) => ({ ...keyOf(item), message: 'was made' })),
    ];
    if (stale.length > 0) throw staleError(stale);
    return entities;
  }

  /** What is referred to may have gone since it was looked at; from here on it cannot. @throws DomainError `conflict` */
  private async requirePresent(organizationId: string, plan: Plan): Promise<void> {
    const named = this.contributors.namedById(seenIn(plan));
    const keys = named.map(({ type, id }) => ({ type, key: id }));
    const present = new Set((await this.index.present(organizationId, keys)).map(keyText));
    const gone = named.filter(({ type, id }) => !present.has(keyText({ type, key: id })));
    if (gone.length > 0) throw staleError(gone.map((one) => ({ ...keyOf(one), message: 'was deleted' })));
  }

  private async read(organizationId: string, wanted: readonly { type: string; id: string }[]) {
    const found = new Map<string, PortableEntity>();
    for (const type of new Set(wanted.map((one) => one.type))) {
      const ids = wanted.filter((one) => one.type === type).map(({ id }) => id);
      for await (const batch of this.portables.read(organizationId, type, ids)) {
        for (const entity of batch) found.set(`${type}:${entity.id}`, entity);
      }
    }
    return found;
  }

  /** Types after those that have to be there first, and within them each after what it refers to. */
  private inOrder(changes: readonly Step[]): Step[] {
    const ranks = new Map(typesInOrder(this.portables.all()).map((type, rank) => [type, rank]));
    const sorted = [...changes].sort((a, b) => ranks.get(a.type)! - ranks.get(b.type)!);
    const created = new Set(sorted.filter(({ action }) => action === 'create').map(itemText));
    const places = sorted.map((step) => {
      const portable = this.portables.get(step.type);
      const place = placeBefore(step, portable, referencesIn(portable, step.content).keys);
      return { ...place, needs: [...place.needs].filter((key) => created.has(key)), step };
    });
    return inOrder(places).ordered.map(({ step }) => step);
  }

  private async touchedBy(
    organizationId: string,
    changes: readonly Step[],
    before: ReadonlyMap<string, PortableEntity>,
  ): Promise<Touched[]> {
    const after = await this.read(organizationId, changes);
    return changes.map(({ type, name, id, action }) => {
      const old = action === 'update' ? before.get(`${type}:${id}`) : undefined;
      const { version } = after.get(`${type}:${id}`)!;
      return { type, name, id, version, ...(old && { before: beforeOf(old) }) };
    });
  }
}

/** What both sides now have in common, also where what is here was kept. */
const exchangedBy = ({ type, name, planned, action, content }: Step): Exchange => {
  const { hash, base, incoming } = planned;
  if (name !== planned.name && action === 'create') return { type, name, hash: hashOf(content), base: null, content };
  return { type, name, hash, base: base === undefined || base === hash ? null : base, content: incoming };
};

const seenIn = ({ items, outside }: Plan): Seen[] =>
  [...items, ...outside].filter((one): one is Seen & typeof one => one.version !== null);

const keyOf = ({ type, name }: Seen | Plan['items'][number]) => ({ type, name });

function staleError(stale: readonly { type: string; name: string; message: string }[]): DomainError {
  const [first] = stale;
  const more = stale.length > 1 ? `, and ${stale.length - 1} more` : '';
  const message = `Since the plan was made, ${first!.type} ${first!.name} ${first!.message}${more}; validate the file again`;
  return conflict(message, { stale: stale.slice(0, MOST_TOLD) });
}

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

/** The refusal of one item, or of several together, said of it. */
function ofItem([{ type, name }, ...others]: readonly [Step, ...Step[]], error: DomainError): DomainError {
  const { message, details } = error;
  if (error.kind === 'precondition_failed') return staleError([{ type, name, message: 'was changed' }]);
  // The plan is there; it, or what it refers to, is not.
  const kind = error.kind === 'not_found' ? 'conflict' : error.kind;
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  return new DomainError(kind, `${type} ${name}${more}: ${message}`, details);
}
