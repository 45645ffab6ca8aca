import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import { conflict, notFound, type Member } from '#kernel';
import { AuditTrail, changesBetween } from '#platform/audit';
import { Database, requireVersion } from '#platform/database';
import {
  DependencyIndex,
  IsPortable,
  type ChangedEntity,
  type EnteringEntity,
  type EntityKey,
  type Portable,
  type PortableEntity,
} from '#platform/dependencies';
import { topicContribution } from '../dependencies/contributions';
import { bumpEpoch } from '../epochs';
import { RULE_FIELDS, type SchemaRules } from '../schemas/schema-rules';
import { TopicSchemasService } from '../schemas/topic-schemas.service';
import { TopicBranches } from '../topics/topic-branches.service';
import { TopicPlacesRepository } from '../topics/topic-places.repository';
import { TopicRegistry } from '../topics/topic-registry';
import type { Topic } from '../topics/topic.entity';
import { TopicsRepository } from '../topics/topics.repository';
import { plain } from './plain-content';
import { sameVersion, SchemaRulesReader } from './schema-rules-reader';
import { TopicBatches, type TopicWithSchema } from './topic-batches';
import { checkTopic, mapTopicReferences, topicValues, toTopicContent, type FullTopicContent } from './topic-content';

const NOTHING: FullTopicContent = toTopicContent({ description: null, tags: [], config: null }, null);

/** Topics that leave and enter organizations. */
@Injectable()
@IsPortable()
export class TopicPortable implements Portable {
  readonly type = 'topic';
  readonly after = ['model'];
  readonly caseless = false;
  readonly check = checkTopic;
  readonly mapReferences = mapTopicReferences;

  constructor(
    private readonly database: Database,
    private readonly topics: TopicsRepository,
    private readonly places: TopicPlacesRepository,
    private readonly batches: TopicBatches,
    private readonly registry: TopicRegistry,
    private readonly branches: TopicBranches,
    private readonly schemas: TopicSchemasService,
    private readonly rules: SchemaRulesReader,
    private readonly audit: AuditTrail,
    private readonly index: DependencyIndex,
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

  create(member: Member, entity: EnteringEntity): Promise<void> {
    return this.createAll(member, [entity]);
  }

  /**
   * Parents that are missing are made, so those that come, too, have to come first or together.
   * @throws DomainError `conflict` for a topic that exists, or two of one path.
   */
  async createAll({ organizationId }: Member, entities: readonly EnteringEntity[]): Promise<void> {
    await this.change(organizationId, async () => {
      const names = entities.map(({ id, name }) => ({ organizationId, topic: name, id }));
      const made = await this.registry.add(names);
      const taken = entities.find(({ id }) => !made.has(id));
      if (taken) throw conflict(`Topic ${taken.name} exists`);
      const contents = entities.map(({ content }) => content as unknown as FullTopicContent);
      const values = entities.map(({ id }, index) => ({ id, ...topicValues(contents[index]!) }));
      await this.batches.describe(organizationId, values);
      const { rules, targets } = await this.newRules(organizationId, entities, contents);
      if (rules.size > 0) {
        const rows = [...rules].map(([id, own]) => ({ ...own, id }));
        await this.batches.giveSchemas(organizationId, rows);
      }
      for (const [index, { id, name }] of entities.entries()) {
        await this.recordNew({ id, path: name, organizationId }, values[index]!, rules.get(id));
      }
      const contributions = entities.flatMap(({ id, name }) => {
        const modelId = rules.get(id)?.modelId;
        return modelId ? [topicContribution({ id, path: name }, modelId)] : [];
      });
      if (contributions.length > 0) await this.index.keep(organizationId, contributions, targets);
    });
  }

  async update({ organizationId }: Member, { id, version, content }: ChangedEntity): Promise<void> {
    await this.change(organizationId, async () => {
      const before = await this.load(organizationId, id);
      requireVersion({ version: versionOf(before) }, version);
      await this.rewrite(before, content as unknown as FullTopicContent);
    });
  }

  /**
   * What has values, or other topics below it, stays, without anything that people have said of it: publishing would
   * have made it, too, and whatever was published is nobody's configuration.
   */
  async delete({ organizationId }: Member, id: string, version?: number): Promise<void> {
    await this.change(organizationId, async () => {
      const found = await this.load(organizationId, id);
      requireVersion({ version: versionOf(found) }, version);
      const isNeeded = found.topic.children > 0 || (await this.places.hasValues(organizationId, id));
      await (isNeeded ? this.rewrite(found, NOTHING) : this.branches.drop(found.topic));
    });
  }

  /** Both kinds of what processes remember: of topics that are gone, and of the rules that hold. */
  private change(organizationId: string, work: () => Promise<void>): Promise<void> {
    return this.database.inOrganization(organizationId, async (manager) => {
      await bumpEpoch(manager, organizationId, 'topics');
      await bumpEpoch(manager, organizationId, 'policies');
      await work();
    });
  }

  private async load(organizationId: string, id: string): Promise<TopicWithSchema> {
    const [found] = await this.batches.read(organizationId, [id]);
    if (!found) throw notFound('Topic');
    return found;
  }

  private async rewrite({ topic: before, schema }: TopicWithSchema, content: FullTopicContent): Promise<void> {
    const { organizationId, id } = before;
    const own = toTopicContent(before, schema);
    const values = topicValues(content);
    const said = changesBetween(topicValues(own), values, ['description', 'tags']);
    const kept = changesBetween(topicValues(own), values, ['config']);
    if (Object.keys({ ...said, ...kept }).length > 0) {
      await this.topics.update(organizationId, id, before.version, values);
    }
    await this.record('topic.update', before, said);
    await this.record('topic.configure', before, kept);
    if (isDeepStrictEqual(plain(own).schema, plain(content).schema)) return;
    if (content.schema) {
      const { rules, targets } = await this.rules.read(organizationId, [content.schema]);
      await this.schemas.write(before, schema, sameVersion(rules[0]!, schema), targets);
    } else if (schema) await this.schemas.erase(before, schema);
  }

  private async newRules(
    organizationId: string,
    entities: readonly EnteringEntity[],
    contents: readonly FullTopicContent[],
  ): Promise<{ rules: Map<string, SchemaRules>; targets: EntityKey[] }> {
    const own = entities.flatMap(({ id }, index) => {
      const { schema } = contents[index]!;
      return schema ? [{ id, schema }] : [];
    });
    const schemas = own.map(({ schema }) => schema);
    const { rules, targets } = await this.rules.read(organizationId, schemas);
    return { rules: new Map(own.map(({ id }, index) => [id, rules[index]!])), targets };
  }

  private async recordNew(topic: Place, values: Values, rules: SchemaRules | undefined): Promise<void> {
    await this.record(
      'topic.create',
      topic,
      changesBetween<Partial<Values>>({}, values, ['description', 'tags', 'config']),
      true,
    );
    if (rules) await this.record('schema.update', topic, changesBetween<Partial<SchemaRules>>({}, rules, RULE_FIELDS));
  }

  /** Nothing where nothing is changed, unless it is news by itself. */
  private async record(
    action: string,
    { id, path, organizationId }: Place,
    changes: ReturnType<typeof changesBetween>,
    always = false,
  ): Promise<void> {
    if (!always && Object.keys(changes).length === 0) return;
    await this.audit.record({ action, organizationId, entity: { type: 'topic', id, name: path }, changes });
  }
}

type Place = Pick<Topic, 'id' | 'path' | 'organizationId'>;
type Values = ReturnType<typeof topicValues>;

/**
 * One number for a topic with its schema, which count by themselves: another one after each change of either, also where
 * a schema was taken away and given anew. It cannot be told from it how often it was changed.
 */
function versionOf({ topic, schema }: TopicWithSchema): number {
  const counts = JSON.stringify([topic.version, schema && [schema.version, schema.createdAt]]);
  return createHash('sha256').update(counts).digest().readUInt32BE() >>> 1;
}
