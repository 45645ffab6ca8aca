import { Injectable } from '@nestjs/common';
import { conflict, DomainError, type Member } from '#kernel';
import { inWords, type EntityKey, type PortableEntity } from '#platform/dependencies';
import { ContentsRepository } from '../exchange/contents.repository';
import { Portables } from '../exchange/portables';
import type { ItemKey } from '../format';
import { Contributors } from '../index/contributors';
import { DatabaseDependencyIndex } from '../index/database-dependency-index';
import { restored, type Touched, type Undo } from './touched';

/** Told at once. */
const MOST_TOLD = 100;

/** Makes what an import has changed what it was. */
@Injectable()
export class ImportUndoer {
  constructor(
    private readonly portables: Portables,
    private readonly contents: ContentsRepository,
    private readonly contributors: Contributors,
    private readonly index: DatabaseDependencyIndex,
  ) {}

  /**
   * In the caller's transaction, which has the organization's imports locked.
   * @throws DomainError `conflict` where something has changed since, or others refer to what was made; not with `force`.
   */
  async undo(member: Member, { touched, exchanged }: Undo, force: boolean): Promise<void> {
    const { organizationId } = member;
    const entities = await this.read(organizationId, touched);
    if (!force) {
      requireUnchanged(touched, entities);
      await this.requireUnused(organizationId, touched);
    }
    await this.together(organizationId, async () => {
      await this.portables.release(
        member,
        touched.filter((each) => entities.has(textOf(each))),
      );
      // What was there before must refer to nothing that is about to go.
      for (const each of touched) if (each.before) await this.restore(member, each, entities.get(textOf(each)));
      for (const each of touched.toReversed()) {
        if (!each.before && entities.has(textOf(each))) await this.remove(member, each, force);
      }
    });
    // Once more: whoever began to since has been waited for, and from here on nobody can.
    if (!force) await this.requireUnused(organizationId, touched);
    await this.contents.forget(organizationId, exchanged);
  }

  /** Judged, and written into the graph, when all of it is done. */
  private together(organizationId: string, work: () => Promise<void>): Promise<void> {
    return this.index.gathering(organizationId, () => this.portables.together(organizationId, work));
  }

  private async restore(
    member: Member,
    { type, name, id, before }: Touched,
    now: PortableEntity | undefined,
  ): Promise<void> {
    const portable = this.portables.get(type);
    const entity = { id, name: before!.name, content: restored(before!) };
    const done = now ? portable.update(member, { ...entity, version: now.version }) : portable.create(member, entity);
    await ofEntity({ type, name }, done);
  }

  /** What was changed in this moment stays, unless it is to go however it is. */
  private async remove(member: Member, { type, name, id, version }: Touched, force: boolean): Promise<void> {
    await ofEntity({ type, name }, this.portables.get(type).delete(member, id, force ? undefined : version));
  }

  private async read(organizationId: string, touched: readonly Touched[]): Promise<Map<string, PortableEntity>> {
    const found = new Map<string, PortableEntity>();
    for (const type of new Set(touched.map((each) => each.type))) {
      const ids = touched.filter((each) => each.type === type).map(({ id }) => id);
      for await (const batch of this.portables.read(organizationId, type, ids)) {
        for (const entity of batch) found.set(textOf({ type, ...entity }), entity);
      }
    }
    return found;
  }

  /** @throws DomainError `conflict` where others, which the import has not touched, refer to what it has made. */
  private async requireUnused(organizationId: string, touched: readonly Touched[]): Promise<void> {
    const made = touched.filter(({ before }) => !before).map((each) => this.keyOf(each));
    const own = touched.map((each) => this.keyOf(each));
    const dependents = await this.index.dependentsOfAll(organizationId, made, own);
    if (dependents.length === 0) return;
    const message = `What was imported is used by ${inWords(dependents)}; with force=true it is undone all the same`;
    throw conflict(message, { dependents });
  }

  private keyOf({ type, id, name }: Touched): EntityKey {
    return { type, key: this.contributors.isNamedByPath(type) ? name : id };
  }
}

const textOf = ({ type, id }: { type: string; id: string }): string => `${type}:${id}`;

/** The refusal of one entity, said of it. */
async function ofEntity({ type, name }: ItemKey, done: Promise<void>): Promise<void> {
  try {
    await done;
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    if (error.kind === 'precondition_failed') {
      const changed = [{ type, name, message: 'was changed' }];
      throw conflict(`${type} ${name} was changed in this moment, so nothing was undone`, { changed });
    }
    // The import is there; it, or what it refers to, is not.
    const kind = error.kind === 'not_found' ? 'conflict' : error.kind;
    throw new DomainError(kind, `${type} ${name}: ${error.message}`, error.details);
  }
}

function requireUnchanged(touched: readonly Touched[], entities: ReadonlyMap<string, PortableEntity>): void {
  const changed = touched.flatMap(({ type, name, id, version }) => {
    const now = entities.get(textOf({ type, id }));
    if (!now) return [{ type, name, message: 'was deleted' }];
    return now.version === version ? [] : [{ type, name, message: 'was changed' }];
  });
  const [first, ...others] = changed;
  if (!first) return;
  const more = others.length > 0 ? `, and ${others.length} more` : '';
  const message = `Since the import, ${first.type} ${first.name} ${first.message}${more}; with force=true it is undone all the same`;
  throw conflict(message, { changed: changed.slice(0, MOST_TOLD) });
}
