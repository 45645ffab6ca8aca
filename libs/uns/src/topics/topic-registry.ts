import { newId, TOPIC_ROOT, topicLineage } from '#kernel';
import { Database } from '#platform/database';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { EntityManager } from 'typeorm';
import { holdEpochs, type Epochs } from '../epochs';
import { TopicPolicies } from './topic-policies';
import type { TopicPolicy } from './topic-policy';

export interface TopicName {
  organizationId: string;
  topic: string;
}

/** A topic that is to be made; with an id where that has been given out already. */
export interface NewTopic extends TopicName {
  id?: string;
}

/** What is remembered of a topic, as of some epochs. */
export interface KnownTopic {
  id: string;
  policy: TopicPolicy;
  topics: number;
  policies: number;
  /** Days on which it is known to have records; see ingest/topic-days.ts. */
  days: Set<number>;
}

interface FoundTopic {
  id: string;
  organization_id: string;
  path: string;
}

/** Topics that this process remembers: about 200 bytes each. */
const REMEMBERED = 200_000;

const keyOf = ({ organizationId, topic }: TopicName): string => `${organizationId}/${topic}`;

/** Knows topics by their paths, with the rules for their values, and makes them when they are first published to. */
@Injectable()
export class TopicRegistry {
  private readonly known = new LRUCache<string, KnownTopic>({ max: REMEMBERED });

  constructor(
    private readonly database: Database,
    private readonly policies: TopicPolicies,
  ) {}

  /** The topic as this process remembers it, if that is as of those epochs. */
  get(name: TopicName, epochs: Epochs): KnownTopic | undefined {
    const topic = this.known.get(keyOf(name));
    return topic?.topics === epochs.topics && topic.policies === epochs.policies ? topic : undefined;
  }

  /**
   * Makes those that do not exist, with their parents, and remembers all of them.
   * @param epochs of their organizations, read before.
   */
  async ensure(names: readonly TopicName[], epochs: ReadonlyMap<string, Epochs>): Promise<void> {
    const { found } = await this.make(names);
    const topics = found.map(({ id, organization_id: organizationId, path }) => ({ id, organizationId, path }));
    const policies = await this.policies.of(topics);
    for (const { id, organizationId, path } of topics) {
      const { topics: asOf, policies: rulesAsOf } = epochs.get(organizationId)!;
      const key = keyOf({ organizationId, topic: path });
      const before = this.known.peek(key);
      const days = before?.id === id ? before.days : new Set<number>();
      this.known.set(key, { id, policy: policies.get(id)!, topics: asOf, policies: rulesAsOf, days });
    }
  }

  /**
   * The same as part of a transaction that is open, and may yet be rolled back: nothing is remembered.
   * Answers the ids of what it made.
   */
  async add(names: readonly NewTopic[]): Promise<Set<string>> {
    const { made } = await this.make(names);
    return new Set(made.map(({ id }) => id));
  }

  private make(names: readonly NewTopic[]): Promise<{ made: { id: string }[]; found: FoundTopic[] }> {
    const ids = new Map(names.map((name) => [keyOf(name), name.id]));
    const wanted = new Map(names.flatMap(lineageOf).map((name) => [keyOf(name), name]));
    // One order everywhere: two processes that make the same topics wait for each other instead of locking up.
    const rows = [...wanted.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, name]) => name);
    const organizations = [...new Set(rows.map(({ organizationId }) => organizationId))];
    return this.database.inOrganizations(organizations, async (manager) => {
      // Nothing is made below a topic that is being moved or deleted.
      await holdEpochs(manager, organizations);
      const columns = [rows.map((row) => row.organizationId), rows.map((row) => row.topic)];
      const made = await manager.query<{ id: string }[]>(
        `INSERT INTO uns_topics (id, organization_id, path, parent_path, name)
         SELECT id, organization_id, path, nullif(regexp_replace(path, '/[^/]*$', ''), '${TOPIC_ROOT}'),
                regexp_replace(path, '^.*/', '')
         FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS t (id, organization_id, path)
         ON CONFLICT (organization_id, path) DO NOTHING RETURNING id`,
        [rows.map((row) => ids.get(keyOf(row)) ?? newId()), ...columns],
      );
      await this.countChildren(manager, organizations, made);
      const found = await manager.query<FoundTopic[]>(
        `SELECT id, organization_id, path FROM uns_topics
         JOIN unnest($1::uuid[], $2::text[]) AS t (organization_id, path) USING (organization_id, path)`,
        columns,
      );
      return { made, found };
    });
  }

  private async countChildren(
    manager: EntityManager,
    organizations: readonly string[],
    made: readonly { id: string }[],
  ): Promise<void> {
    if (made.length > 0) await manager.query(COUNT_CHILDREN, [organizations, made.map(({ id }) => id)]);
  }
}

const lineageOf = ({ organizationId, topic }: TopicName): TopicName[] =>
  topicLineage(topic).map((path) => ({ organizationId, topic: path }));

/** Parents are locked in the order in which topics are made: whoever makes others below them waits for this one. */
const COUNT_CHILDREN = `
  WITH grown AS (
    SELECT organization_id, parent_path AS path, count(*) AS more FROM uns_topics
    WHERE organization_id = ANY ($1) AND id = ANY ($2) AND parent_path IS NOT NULL GROUP BY organization_id, parent_path
  ), parents AS (
    SELECT p.id, more FROM uns_topics p JOIN grown USING (organization_id, path)
    ORDER BY organization_id, path FOR UPDATE OF p
  )
  UPDATE uns_topics t SET children = children + more FROM parents WHERE t.id = parents.id`;
