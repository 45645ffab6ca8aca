import { Injectable } from '@nestjs/common';
import { conflict, type Member } from '#kernel';
import type { EntityKey } from '#platform/dependencies';
import { ContentsRepository } from '../exchange/contents.repository';
import { EntityWriter } from '../exchange/entity-writer';
import { keyOfId, Portables } from '../exchange/portables';
import { Contributors } from '../index/contributors';
import { DatabaseDependencyIndex } from '../index/database-dependency-index';
import { changedSince, importIsStale } from './stale';
import { restored, type Touched, type Undo } from './touched';
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
      const changed = changedSince(touched, versions);
      if (changed.length > 0) throw importIsStale(changed);
      await this.requireUnused(organizationId, touched);
    }
    progress.total = touched.length;
    const work = { member, versions, progress };
    await this.index.gathering(organizationId, async () => {
      for (const { action, type } of undoOrder(this.portables.all())) {
        const own = touched.filter((each) => each.type === type);
        await (action === 'restore' ? this.restore(work, type, own) : this.remove(work, type, own));
      }
    });
    await this.contents.forget(organizationId, exchanged);
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
    await this.writer.update(member, type, there, progress.add);
  }

  /** What was made goes, each before what it refers to: in the other order than it was made in. */
  private async remove({ member, versions, progress }: Work, type: string, touched: readonly Touched[]) {
    const made = touched.filter(({ before }) => !before);
    const there = made.filter((each) => versions.has(keyOfId(each)));
    await this.writer.delete(member, type, there.toReversed(), progress.add);
    progress.add(made.length - there.length);
  }

  /** @throws DomainError `conflict` where others, which the import has not touched, refer to what it has made. */
  private async requireUnused(organizationId: string, touched: readonly Touched[]): Promise<void> {
    const made = touched.filter(({ before }) => !before).map((each) => this.keyOf(each));
    const own = touched.map((each) => this.keyOf(each));
    const dependents = await this.index.dependentsOfAll(organizationId, made, own);
    const [first, ...others] = dependents;
    if (!first) return;
    const more = others.length > 0 ? ` and ${others.length} more` : '';
    const message = `What was imported is used by ${first.type} ${first.name}${more}; with force=true it is undone all the same`;
    throw conflict(message, { dependents });
  }

  private keyOf({ type, id, name }: Touched): EntityKey {
    return { type, key: this.contributors.isNamedByPath(type) ? name : id };
  }
}

/** What all parts of undoing an import need. */
interface Work {
  member: Member;
  /** Of what is there of it, by `keyOfId`. */
  versions: ReadonlyMap<string, number>;
  progress: WorkProgress;
}
