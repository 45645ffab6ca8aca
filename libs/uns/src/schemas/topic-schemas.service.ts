import { Injectable } from '@nestjs/common';
import { notFound, type Member } from '#kernel';
import { AuditTrail, changesBetween } from '#platform/audit';
import { Database, requireVersion, type SeenVersion } from '#platform/database';
import { DependencyIndex, type EntityKey } from '#platform/dependencies';
import { modelTargets, topicContribution, topicKey } from '../dependencies/contributions';
import { bumpEpoch } from '../epochs';
import type { Topic } from '../topics/topic.entity';
import { requireTopicRight } from '../topics/topic-rights';
import { TopicsRepository } from '../topics/topics.repository';
import {
  toTopicSchemaView,
  toVerdictView,
  type TopicSchemaInput,
  type TopicSchemaView,
  type ValueToJudge,
  type VerdictView,
} from './dto/schema.dto';
import { RULE_FIELDS, type SchemaRules } from './schema-rules';
import { SchemaReader } from './schema-reader';
import { SchemasInForce } from './schemas-in-force';
import type { TopicSchema } from './topic-schema.entity';
import { TopicSchemasRepository } from './schemas.repository';

/** Schemas of single topics. A change holds for every value that comes after its answer, in all processes. */
@Injectable()
export class TopicSchemasService {
  constructor(
    private readonly database: Database,
    private readonly topics: TopicsRepository,
    private readonly schemas: TopicSchemasRepository,
    private readonly inForce: SchemasInForce,
    private readonly reader: SchemaReader,
    private readonly audit: AuditTrail,
    private readonly index: DependencyIndex,
  ) {}

  /** The one in force, wherever it comes from. */
  async get(member: Member, topicId: string): Promise<TopicSchemaView> {
    const topic = await this.readable(member, topicId);
    return toTopicSchemaView((await this.inForce.of([topic])).get(topic.id));
  }

  /** @throws DomainError `bad_request` with every problem; `not_found` for a topic, model or version; `precondition_failed`. */
  async put(member: Member, topicId: string, ifMatch: SeenVersion, input: TopicSchemaInput): Promise<TopicSchemaView> {
    const targets = await this.index.present(member.organizationId, modelTargets(input.modelId));
    const rules = await this.reader.read(member.organizationId, input);
    return this.change(member, topicId, async (topic) => {
      const before = await this.schemas.find(topic.organizationId, topic.id);
      requireVersion(before ?? { version: 0 }, ifMatch);
      return toTopicSchemaView(await this.write(topic, before, rules, targets));
    });
  }

  /**
   * Bindings hold for the topic from then on.
   * @throws DomainError `not_found` where it has none of its own; `precondition_failed`.
   */
  delete(member: Member, topicId: string, ifMatch: SeenVersion): Promise<void> {
    return this.change(member, topicId, async (topic) => {
      const before = await this.schemas.find(topic.organizationId, topic.id);
      if (!before) throw notFound('Schema');
      requireVersion(before, ifMatch);
      await this.schemas.delete(topic.organizationId, topic.id);
      await this.record('schema.delete', topic, before, {});
      if (before.modelId) await this.index.remove(topic.organizationId, [topicKey(topic.path)]);
    });
  }

  /** What would become of a value; nothing is stored. */
  async validate(member: Member, topicId: string, { value }: ValueToJudge): Promise<VerdictView> {
    const topic = await this.readable(member, topicId);
    const judges = await this.inForce.judgesOf([topic]);
    return toVerdictView(judges.get(topic.id)?.(value));
  }

  private async readable(member: Member, topicId: string): Promise<Topic> {
    const topic = await this.topics.get(member.organizationId, topicId);
    requireTopicRight(member, 'uns:read', topic.path);
    return topic;
  }

  private change<T>(member: Member, topicId: string, work: (topic: Topic) => Promise<T>): Promise<T> {
    const { organizationId } = member;
    return this.database.inOrganization(organizationId, async (manager) => {
      await bumpEpoch(manager, organizationId, 'policies');
      const topic = await this.topics.get(organizationId, topicId);
      requireTopicRight(member, 'uns:write', topic.path);
      return work(topic);
    });
  }

  /** @param targets as `DependencyIndex.keep` expects them. */
  private async write(
    topic: Topic,
    before: TopicSchema | null,
    rules: SchemaRules,
    targets: readonly EntityKey[],
  ): Promise<TopicSchema> {
    const { organizationId, id } = topic;
    const values: object = { id, ...rules };
    const after = before
      ? await this.schemas.update(organizationId, id, before.version, values)
      : await this.schemas.insert(organizationId, values);
    await this.record('schema.update', topic, before ?? {}, after);
    if (after.modelId) await this.index.keep(organizationId, [topicContribution(topic, after.modelId)], targets);
    else if (before?.modelId) await this.index.remove(organizationId, [topicKey(topic.path)]);
    return after;
  }

  private record(action: string, topic: Topic, before: Partial<SchemaRules>, after: Partial<SchemaRules>) {
    const { id, path, organizationId } = topic;
    const changes = changesBetween(before, after, RULE_FIELDS);
    return this.audit.record({ action, organizationId, entity: { type: 'topic', id, name: path }, changes });
  }
}
