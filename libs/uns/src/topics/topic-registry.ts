import { newId, TOPIC_ROOT, topicLineage } from '#kernel';
import { Database } from '#platform/database';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

export interface TopicName {
  organizationId: string;
  topic: string;
}

interface FoundTopic {
  id: string;
  organization_id: string;
  path: string;
}

/** Topics that this process remembers: about 200 bytes each. */
const REMEMBERED = 200_000;

const keyOf = ({ organizationId, topic }: TopicName): string => `${organizationId}/${topic}`;

/** Knows the ids of topics by their paths, and makes topics and their parents when they are first published to. */
@Injectable()
export class TopicRegistry {
  private readonly ids = new LRUCache<string, string>({ max: REMEMBERED });

  constructor(private readonly database: Database) {}

  /** The id, if this process has met the topic. */
  known(name: TopicName): string | undefined {
    return this.ids.get(keyOf(name));
  }

  /** Makes those that do not exist, with their parents, in one transaction, and knows their ids from then on. */
  async ensure(names: readonly TopicName[]): Promise<void> {
    const { found } = await this.make(names);
    for (const { id, organization_id: organizationId, path } of found) {
      this.ids.set(keyOf({ organizationId, topic: path }), id);
    }
  }

  /**
   * The same as part of a transaction that is open, and may yet be rolled back: nothing is remembered.
   * Answers the ids of what it made.
   */
  async add(name: TopicName): Promise<Set<string>> {
    const { made } = await this.make([name]);
    return new Set(made.map(({ id }) => id));
  }

  private make(names: readonly TopicName[]): Promise<{ made: { id: string }[]; found: FoundTopic[] }> {
    const wanted = new Map(names.flatMap(lineageOf).map((name) => [keyOf(name), name]));
    // One order everywhere: two processes that make the same topics wait for each other instead of locking up.
    const rows = [...wanted.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, name]) => name);
    const organizations = [...new Set(rows.map(({ organizationId }) => organizationId))];
    return this.database.inOrganizations(organizations, async (manager) => {
      const columns = [rows.map((row) => row.organizationId), rows.map((row) => row.topic)];
      const made = await manager.query<{ id: string }[]>(
        `INSERT INTO uns_topics (id, organization_id, path, parent_path, name)
         SELECT id, organization_id, path, nullif(regexp_replace(path, '/[^/]*$', ''), '${TOPIC_ROOT}'),
                regexp_replace(path, '^.*/', '')
         FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS t (id, organization_id, path)
         ON CONFLICT (organization_id, path) DO NOTHING RETURNING id`,
        [rows.map(() => newId()), ...columns],
      );
      const found = await manager.query<FoundTopic[]>(
        `SELECT id, organization_id, path FROM uns_topics
         JOIN unnest($1::uuid[], $2::text[]) AS t (organization_id, path) USING (organization_id, path)`,
        columns,
      );
      return { made, found };
    });
  }

  /** For a branch that was deleted or moved. */
  forget(name: TopicName): void {
    this.ids.delete(keyOf(name));
  }
}

const lineageOf = ({ organizationId, topic }: TopicName): TopicName[] =>
  topicLineage(topic).map((path) => ({ organizationId, topic: path }));
