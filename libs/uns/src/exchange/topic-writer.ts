import { Injectable } from '@nestjs/common';
import { conflict, DomainError, notFound } from '#kernel';
import { AuditTrail } from '#platform/audit';
import { Database, staleVersion } from '#platform/database';
import {
  DependencyIndex,
  type ChangedEntity,
  type EnteringEntity,
  type EntityKey,
  type LeavingEntity,
  type PortableContent,
  type Progress,
} from '#platform/dependencies';
import { inTurns } from '#platform/turns';
import { topicContribution, topicKey } from '../dependencies/contributions';
import { bumpEpoch } from '../epochs';
import type { SchemaRules } from '../schemas/schema-rules';
import { TopicPlacesRepository } from '../topics/topic-places.repository';
import { TopicRegistry } from '../topics/topic-registry';
import { removable } from './removable';
import { sameVersion, SchemaRulesReader } from './schema-rules-reader';
import { TopicBatches, type TopicWithSchema } from './topic-batches';
import {
  changeOf,
  entriesOfChange,
  entriesOfNew,
  entryOfRemoval,
  isDescribedAnew,
  type Place,
  type TopicChange,
} from './topic-changes';
import { toTopicContent, topicValues, type FullTopicContent } from './topic-content';
import { versionOf } from './topic-version';

/** Topics of one statement. */
const BATCH = 1_000;

const NOTHING: FullTopicContent = toTopicContent({ description: null, tags: [], config: null }, null);

/** Rules of topics that get other ones. */
interface NewRules {
  byId: ReadonlyMap<string, SchemaRules>;
  /** Their models, as `DependencyIndex.keep` expects them. */
  targets: readonly EntityKey[];
}

/** A topic, and the version that it is to have still. */
type SeenTopic = LeavingEntity & { path: string };

/**
 * Many topics at once. From `hold` to the commit nobody stores values of the organization: what can be found out and
 * written down ahead of it, is.
 */
@Injectable()
export class TopicWriter {
  constructor(
    private readonly database: Database,
    private readonly batches: TopicBatches,
    private readonly places: TopicPlacesRepository,
    private readonly registry: TopicRegistry,
    private readonly rules: SchemaRulesReader,
    private readonly audit: AuditTrail,
    private readonly index: DependencyIndex,
  ) {}

  /** With parents that are missing. @throws DomainError `conflict` for a topic that exists, or two of one path. */
  create(organizationId: string, entities: readonly EnteringEntity[], progress: Progress): Promise<void> {
    const topics = entities
      .map(({ id, name: path, content }) => ({ id, organizationId, path, content: contentOf(content) }))
      // Parents first: one that comes later would have been made already, as another topic.
      .sort((a, b) => (a.path < b.path ? -1 : 1));
    return this.database.inOrganization(organizationId, async () => {
      const rules = await this.newRules(
        organizationId,
        topics.map(({ id, content }) => ({ id, schema: null, newSchema: content.schema })),
      );
      const entries = await inTurns(topics, (topic) =>
        entriesOfNew(topic, topicValues(topic.content), rules.byId.get(topic.id)),
      );
      await this.audit.recordAll(entries.flat());
      await this.hold(organizationId);
      for (const batch of batchesOf(topics)) {
        const made = await this.registry.add(
          batch.map(({ id, path, content }) => ({ organizationId, topic: path, id, values: topicValues(content) })),
        );
        const taken = batch.find(({ id }) => !made.has(id));
        if (taken) throw conflict(`Topic ${taken.path} exists`);
        await this.batches.writeSchemas(organizationId, schemasOf(batch, rules));
        progress(batch.length);
      }
      await this.keepInGraph(organizationId, topics, rules);
    });
  }

  /** @throws DomainError `not_found`; `precondition_failed` where one is not at its version any more. */
  update(organizationId: string, entities: readonly ChangedEntity[], progress: Progress): Promise<void> {
    return this.database.inOrganization(organizationId, async () => {
      const before = await this.load(organizationId, entities);
      const seen = entities.map(({ id, version }) => ({ id, version, path: before.get(id)!.topic.path }));
      requireSame(seen, new Map([...before].map(([id, one]) => [id, versionOf(one)])));
      const changes = await inTurns(entities, ({ id, content }) => changeOf(before.get(id)!, contentOf(content)));
      const rules = await this.record(organizationId, changes);
      await this.hold(organizationId);
      await this.requireVersions(organizationId, seen);
      await this.write(organizationId, changes, rules, progress);
    });
  }

  /**
   * What has values, or others below it that stay, stays, without anything that people have said of it: publishing would
   * have made it, too, and whatever was published is nobody's configuration.
   * @throws DomainError `not_found`; `precondition_failed` where one is not at its version any more.
   */
  delete(organizationId: string, entities: readonly LeavingEntity[], progress: Progress): Promise<void> {
    const ids = entities.map(({ id }) => id);
    return this.database.inOrganization(organizationId, async () => {
      await this.hold(organizationId);
      const leaving = await this.batches.leaving(organizationId, ids);
      if (leaving.length < ids.length) throw notFound('Topic');
      const paths = new Map(leaving.map(({ id, path }) => [id, path]));
      await this.requireVersions(
        organizationId,
        entities.map((entity) => ({ ...entity, path: paths.get(entity.id)! })),
      );
      const gone = removable(leaving, await this.places.withValues(organizationId, ids));
      const isGone = new Set(gone);
      await this.strip(
        organizationId,
        leaving.filter((topic) => !isGone.has(topic)),
        progress,
      );
      await this.audit.recordAll(gone.map(entryOfRemoval));
      for (const batch of batchesOf(gone)) {
        await this.batches.remove(
          organizationId,
          batch.map(({ id }) => id),
        );
        progress(batch.length);
      }
      await this.removeFromGraph(
        organizationId,
        gone.filter(({ modelId }) => modelId !== null).map(({ path }) => topicKey(path)),
      );
    });
  }

  /** @throws DomainError `precondition_failed` */
  private async requireVersions(organizationId: string, topics: readonly SeenTopic[]): Promise<void> {
    const asked = topics.filter(({ version }) => version !== undefined);
    const ids = asked.map(({ id }) => id);
    requireSame(asked, await this.batches.versions(organizationId, ids));
  }

  /** Takes away everything that people have said of them. */
  private async strip(organizationId: string, topics: readonly { id: string }[], progress: Progress): Promise<void> {
    const found = await this.load(organizationId, topics);
    const changes = topics.map(({ id }) => changeOf(found.get(id)!, NOTHING));
    await this.write(organizationId, changes, await this.record(organizationId, changes), progress);
  }

  /** Both kinds of what processes remember: of topics that are gone, and of the rules that hold. */
  private hold(organizationId: string): Promise<void> {
    return this.database.inOrganization(organizationId, async (manager) => {
      await bumpEpoch(manager, organizationId, 'topics');
      await bumpEpoch(manager, organizationId, 'policies');
    });
  }

  /** @throws DomainError `not_found` */
  private async load(
    organizationId: string,
    topics: readonly { id: string }[],
  ): Promise<ReadonlyMap<string, TopicWithSchema>> {
    const found = new Map<string, TopicWithSchema>();
    for (const batch of batchesOf(topics.map(({ id }) => id))) {
      for (const one of await this.batches.read(organizationId, batch)) found.set(one.topic.id, one);
    }
    if (topics.some(({ id }) => !found.has(id))) throw notFound('Topic');
    return found;
  }

  /** Finds out by which rules they are changed, and writes down what they become. */
  private async record(organizationId: string, changes: readonly TopicChange[]): Promise<NewRules> {
    const rules = await this.newRules(
      organizationId,
      changes.map(({ topic: { id }, ...change }) => ({ id, ...change })),
    );
    await this.audit.recordAll(changes.flatMap((change) => entriesOfChange(change, rules.byId.get(change.topic.id))));
    return rules;
  }

  private async write(
    organizationId: string,
    changes: readonly TopicChange[],
    rules: NewRules,
    progress: Progress,
  ): Promise<void> {
    for (const batch of batchesOf(changes)) {
      const described = batch.filter(isDescribedAnew);
      await this.batches.describe(
        organizationId,
        described.map(({ topic: { id, version }, values }) => ({ id, version, ...values })),
      );
      const topics = batch.map(({ topic }) => topic);
      await this.batches.writeSchemas(organizationId, schemasOf(topics, rules));
      const bare = batch.filter(({ newSchema }) => newSchema === null).map(({ topic: { id } }) => id);
      await this.batches.eraseSchemas(organizationId, bare);
      progress(batch.length);
    }
    const topics = changes.map(({ topic }) => topic);
    await this.keepInGraph(organizationId, topics, rules);
    const unbound = changes.filter(
      ({ topic: { id }, schema, newSchema }) =>
        newSchema !== undefined && schema?.modelId && !rules.byId.get(id)?.modelId,
    );
    await this.removeFromGraph(
      organizationId,
      unbound.map(({ topic: { path } }) => topicKey(path)),
    );
  }

  private async newRules(
    organizationId: string,
    topics: readonly (Pick<TopicChange, 'schema' | 'newSchema'> & { id: string })[],
  ): Promise<NewRules> {
    const given = topics.flatMap(({ id, schema, newSchema }) => (newSchema ? [{ id, schema, newSchema }] : []));
    const contents = given.map(({ newSchema }) => newSchema);
    const { rules, targets } = await this.rules.read(organizationId, contents);
    return { byId: new Map(given.map(({ id, schema }, index) => [id, sameVersion(rules[index]!, schema)])), targets };
  }

  private async keepInGraph(organizationId: string, topics: readonly Place[], rules: NewRules): Promise<void> {
    const contributions = topics.flatMap((topic) => {
      const modelId = rules.byId.get(topic.id)?.modelId;
      return modelId ? [topicContribution(topic, modelId)] : [];
    });
    if (contributions.length > 0) await this.index.keep(organizationId, contributions, rules.targets);
  }

  private async removeFromGraph(organizationId: string, keys: readonly EntityKey[]): Promise<void> {
    if (keys.length > 0) await this.index.remove(organizationId, keys);
  }
}

/** @throws DomainError `precondition_failed` naming the first that is another now. */
function requireSame(seen: readonly SeenTopic[], versions: ReadonlyMap<string, number>): void {
  const changed = seen.find(({ id, version }) => versions.get(id) !== version);
  if (!changed) return;
  const { kind, message } = staleVersion();
  throw new DomainError(kind, `topic ${changed.path}: ${message}`);
}

/** It was checked. */
const contentOf = (content: PortableContent): FullTopicContent => content as unknown as FullTopicContent;

const schemasOf = (topics: readonly { id: string }[], rules: NewRules): (SchemaRules & { id: string })[] =>
  topics.flatMap(({ id }) => {
    const own = rules.byId.get(id);
    return own ? [{ ...own, id }] : [];
  });

const batchesOf = <T>(all: readonly T[]): T[][] =>
  Array.from({ length: Math.ceil(all.length / BATCH) }, (_, n) => all.slice(n * BATCH, (n + 1) * BATCH));
