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
    await this.index.gathering(organizationId, async () => {
      await this.portables.release(
        member,
        touched.filter((each) => entities.has(textOf(each))),
      );
      // What was there before must refer to nothing that is about to go.
      for (const each of touched) if (each.before) await this.restore(member, each, entities.get(textOf(each)));
      for (const each of touched.toReversed()) {
        if (!each.before && entities.has(textOf(each))) await this.remove(member, each);
      }
    });
    await this.contents.forget(organizationId, exchanged);
  }

  private async restore(member: Member, { type, id, before }: Touched, now: PortableEntity | undefined): Promise<void> {
    const portable = this.portables.get(type);
    const { name } = before!;
    const entity = { id, name, content: restored(before!) };
    await saidOf({ type, name }, () =>
      now ? portable.update(member, { ...entity, version: now.version }) : portable.create(member, entity),
    );
  }

  private async remove(member: Member, { type, name, id }: Touched): Promise<void> {
    await saidOf({ type, name }, () => this.portables.get(type).delete(member, id));
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

/** A refusal names the entity that it is of. */
async function saidOf({ type, name }: ItemKey, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof DomainError)) throw error;
    throw new DomainError(error.kind, `${type} ${name}: ${error.message}`, error.details);
  }
}

const textOf = ({ type, id }: { type: string; id: string }): string => `${type}:${id}`;

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
