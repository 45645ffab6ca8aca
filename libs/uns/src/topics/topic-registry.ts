import { newId, TOPIC_ROOT, topicLineage } from '#kernel';
import { Database } from '#platform/database';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { EntityManager } from 'typeorm';
import { holdEpochs, type Epochs } from '../epochs';
import { TopicPolicies, type PlacedTopic } from './topic-policies';
import type { TopicPolicy } from './topic-policy';
import type { Topic } from './topic.entity';

export interface TopicName {
  organizationId: string;
  topic: string;
}

/** A topic that is to be made. */
export interface NewTopic extends TopicName {
  /** Where it has been given out already. */
  id?: string;
  /** What people say of it from the start. */
  values?: Pick<Topic, 'description' | 'tags' | 'config'>;
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
   * Makes those that do not exist, with their parents, and remembers all of them. Others may remember them as of other
   * epochs a moment later: what was found is in the answer.
   * @param epochs of their organizations, read before.
   */
  async ensure(
    names: readonly TopicName[],
    epochs: ReadonlyMap<string, Epochs>,
  ): Promise<(name: TopicName) => KnownTopic | undefined> {
    const rows = rowsOf(names);
    const topics = await this.database.inOrganizations(organizationsOf(rows), async (manager) => {
      await make(manager, rows);
      return manager.query<PlacedTopic[]>(FIND, placesOf(rows));
    });
    const policies = await this.policies.of(topics);
    const found = new Map<string, KnownTopic>();
    for (const { id, organizationId, path } of topics) {
      const { topics: asOf, policies: rulesAsOf } = epochs.get(organizationId)!;
      const key = keyOf({ organizationId, topic: path });
      const before = this.known.peek(key);
      const days = before?.id === id ? before.days : new Set<number>();
      const topic = { id, policy: policies.get(id)!, topics: asOf, policies: rulesAsOf, days };
      this.known.set(key, topic);
      found.set(key, topic);
    }
    return (name) => found.get(keyOf(name));
  }

  /**
   * The same as part of a transaction that is open, and may yet be rolled back: nothing is remembered.
   * Answers the ids of what it made.
   */
  async add(names: readonly NewTopic[]): Promise<Set<string>> {
    const rows = rowsOf(names);
    const made = await this.database.inOrganizations(organizationsOf(rows), (manager) => make(manager, rows));
    return new Set(made);
  }
}

/** The topics with their parents. One order everywhere: two processes that make the same ones wait instead of locking up. */
function rowsOf(names: readonly NewTopic[]): NewTopic[] {
  const lineages = names.flatMap(({ organizationId, topic }) =>
    topicLineage(topic).map((path): NewTopic => ({ organizationId, topic: path })),
  );
  // Last those that were asked for: they may have an id, and values.
  const byKey = new Map([...lineages, ...names].map((row) => [keyOf(row), row]));
  return [...byKey].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, row]) => row);
}

const organizationsOf = (rows: readonly NewTopic[]): string[] => [...new Set(rows.map((row) => row.organizationId))];

const placesOf = (rows: readonly NewTopic[]) => [rows.map((row) => row.organizationId), rows.map((row) => row.topic)];

/** Those that do not exist of them. Answers the ids of what it made. */
async function make(manager: EntityManager, rows: readonly NewTopic[]): Promise<string[]> {
  const organizations = organizationsOf(rows);
  // Nothing is made below a topic that is being moved or deleted.
  await holdEpochs(manager, organizations);
  const made = await manager.query<{ id: string }[]>(MAKE, [
    ...placesOf(rows),
    rows.map(({ id }) => id ?? newId()),
    rows.map(({ values }) => values?.description ?? null),
    rows.map(({ values }) => JSON.stringify(values?.tags ?? [])),
    rows.map(({ values }) => (values?.config ? JSON.stringify(values.config) : null)),
  ]);
  const ids = made.map(({ id }) => id);
  if (ids.length > 0) await manager.query(COUNT_CHILDREN, [organizations, ids]);
  return ids;
}

const FIND = `
  SELECT id, organization_id AS "organizationId", path FROM uns_topics
  JOIN unnest($1::uuid[], $2::text[]) AS t (organization_id, path) USING (organization_id, path)`;

const MAKE = `
  INSERT INTO uns_topics (id, organization_id, path, parent_path, name, description, tags, config)
  SELECT id, organization_id, path, nullif(regexp_replace(path, '/[^/]*$', ''), '${TOPIC_ROOT}'),
         regexp_replace(path, '^.*/', ''), description, ARRAY(SELECT jsonb_array_elements_text(tags)), config
  FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::jsonb[], $6::jsonb[])
    AS t (organization_id, path, id, description, tags, config)
  ON CONFLICT (organization_id, path) DO NOTHING RETURNING id`;

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
