import { Injectable } from '@nestjs/common';
import { conflict, DomainError, type Member } from '#kernel';
import { inWords, type EntityKey } from '#platform/dependencies';
import { ContentsRepository } from '../exchange/contents.repository';
import { EntityWriter } from '../exchange/entity-writer';
import { keyOfId, Portables } from '../exchange/portables';
import { Contributors } from '../index/contributors';
import { DatabaseDependencyIndex } from '../index/database-dependency-index';
import { changedSince, importIsStale } from './stale';
import { restored, stateOf, type Touched, type Undo } from './touched';
import { undoOrder } from './type-order';
import type { WorkProgress } from './work-progress';

/** Makes what an import has changed what it was. */
@Injectable()
export class ImportUndoer {
  constructor(
    private readonly portables: Portables,
    private readonly writer: EntityWriter,
    private readonly contents: ContentsRepository,
    private readonly contributors: Contributors,
    private readonly index: DatabaseDependencyIndex,
  ) {}

  /**
   * In the caller's transaction, which has the organization's imports locked.
   * @throws DomainError `conflict` where something has changed since, or others refer to what was made; not with `force`.
   */
  async undo(member: Member, { touched, exchanged }: Undo, force: boolean, progress: WorkProgress): Promise<void> {
    const { organizationId } = member;
    const versions = await this.portables.versions(organizationId, touched);
    if (!force) {
      await this.requireUnchanged(organizationId, touched, versions);
      await this.requireUnused(organizationId, touched);
    }
    progress.total = touched.length;
    const work = { member, versions, progress, force };
    await this.together(organizationId, async () => {
      await this.portables.release(
        member,
        touched.filter((each) => versions.has(keyOfId(each))),
      );
      for (const { action, type } of undoOrder(this.portables.all())) {
        const own = touched.filter((each) => each.type === type);
        await (action === 'restore' ? this.restore(work, type, own) : this.remove(work, type, own));
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

  /** What was there before is as it was; what of it is gone meanwhile is made anew. */
  private async restore({ member, versions, progress }: Work, type: string, touched: readonly Touched[]) {
    const entities = touched.flatMap(({ id, before }) =>
      before
        ? [{ id, name: before.name, content: restored(before), version: versions.get(keyOfId({ type, id })) }]
        : [],
    );
    const gone = entities.filter(({ version }) => version === undefined);
    await this.writer.create(member, type, gone, progress.add);
    const there = entities.flatMap(({ version, ...entity }) => (version === undefined ? [] : [{ ...entity, version }]));
    await inTime(() => this.writer.update(member, type, there, progress.add));
  }

  /**
   * What was made goes, each before what it refers to: in the other order than it was made in. What was changed in this
   * moment stays, unless it is to go however it is.
   */
  private async remove({ member, versions, progress, force }: Work, type: string, touched: readonly Touched[]) {
    const made = touched.filter(({ before }) => !before);
    const there = made.filter((each) => versions.has(keyOfId(each)));
    const leaving = there.toReversed().map(({ id, name }) => {
      const version = force ? undefined : versions.get(keyOfId({ type, id }));
      return { id, name, ...(version !== undefined && { version }) };
    });
    await inTime(() => this.writer.delete(member, type, leaving, progress.add));
    progress.add(made.length - there.length);
  }

  /**
   * What was changed, and then made what it was again, as by an import that was undone, counts as unchanged.
   * @throws DomainError `conflict`
   */
  private async requireUnchanged(
    organizationId: string,
    touched: readonly Touched[],
    versions: ReadonlyMap<string, number>,
  ): Promise<void> {
    const moved = touched.filter((one) => versions.get(keyOfId(one)) !== one.version);
    const entities = await this.portables.entities(organizationId, moved);
    const isOther = (one: Touched): boolean => {
      const entity = entities.get(keyOfId(one));
      return !entity || stateOf(entity) !== one.state;
    };
    const changed = changedSince(moved.filter(isOther), versions);
    if (changed.length > 0) throw importIsStale(changed);
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

/** @throws DomainError `conflict` where an entity was changed between the look at its version and its own change. */
async function inTime(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof DomainError) || error.kind !== 'precondition_failed') throw error;
    throw conflict(`Nothing was undone: ${error.message}`);
  }
}

/** What all parts of undoing an import need. */
interface Work {
  member: Member;
  /** Of what is there of it, by `keyOfId`. */
  versions: ReadonlyMap<string, number>;
  progress: WorkProgress;
  force: boolean;
}
