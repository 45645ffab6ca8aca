import { Injectable } from '@nestjs/common';
import type { Member } from '#kernel';
import {
  IsPortable,
  type BulkPortable,
  type ChangedEntity,
  type EnteringEntity,
  type LeavingEntity,
  type PortableEntity,
  type Progress,
} from '#platform/dependencies';
import { TopicPlacesRepository } from '../topics/topic-places.repository';
import { plain } from './plain-content';
import { TopicBatches } from './topic-batches';
import { checkTopic, mapTopicReferences, toTopicContent } from './topic-content';
import { versionOf } from './topic-version';
import { TopicWriter } from './topic-writer';

/** Topics that leave and enter organizations. */
@Injectable()
@IsPortable()
export class TopicPortable implements BulkPortable {
  readonly type = 'topic';
  readonly after = ['model'];
  readonly caseless = false;
  readonly holdsOthersUp = true;
  readonly check = checkTopic;
  readonly mapReferences = mapTopicReferences;

  constructor(
    private readonly places: TopicPlacesRepository,
    private readonly batches: TopicBatches,
    private readonly writer: TopicWriter,
  ) {}

  names(organizationId: string): Promise<Map<string, string>> {
    return this.places.idsOf(organizationId);
  }

  async read(organizationId: string, ids: readonly string[]): Promise<PortableEntity[]> {
    const found = await this.batches.read(organizationId, ids);
    return found.map(({ topic, schema }) => ({
      id: topic.id,
      name: topic.path,
      version: versionOf({ topic, schema }),
      content: plain(toTopicContent(topic, schema)),
      secrets: new Map(),
    }));
  }

  versions(organizationId: string, ids: readonly string[]): Promise<Map<string, number>> {
    return this.batches.versions(organizationId, ids);
  }

  create(member: Member, entity: EnteringEntity): Promise<void> {
    return this.createAll(member, [entity], nobody);
  }

  update(member: Member, entity: ChangedEntity): Promise<void> {
    return this.updateAll(member, [entity], nobody);
  }

  delete(member: Member, id: string, version?: number): Promise<void> {
    return this.deleteAll(member, [{ id, ...(version !== undefined && { version }) }], nobody);
  }

  createAll({ organizationId }: Member, entities: readonly EnteringEntity[], progress: Progress): Promise<void> {
    return this.writer.create(organizationId, entities, progress);
  }

  updateAll({ organizationId }: Member, entities: readonly ChangedEntity[], progress: Progress): Promise<void> {
    return this.writer.update(organizationId, entities, progress);
  }

  deleteAll({ organizationId }: Member, entities: readonly LeavingEntity[], progress: Progress): Promise<void> {
    return this.writer.delete(organizationId, entities, progress);
  }
}

/** Wants to know. */
const nobody: Progress = () => undefined;
