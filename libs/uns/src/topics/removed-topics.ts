import type { EntityManager } from 'typeorm';
import { Database } from '#platform/database';
import { Injectable } from '@nestjs/common';
import { RecordStorage } from '../storage/record-storage';

interface RemovedTopic {
  organization_id: string;
  topic_id: string;
}

/** Topics looked at together. */
const TOPICS = 100;
/** Records that one transaction removes. */
const RECORDS = 5_000;
/** Of one run: other housekeeping waits for it. What is left waits for the next. */
const RUN_MS = 30_000;

/** Removes the records of topics that are gone, a few at a time. Nobody can read them any more. */
@Injectable()
export class RemovedTopics {
  constructor(
    private readonly database: Database,
    private readonly storage: RecordStorage,
  ) {}

  /** Of all organizations, for as long as a run may take. */
  async removeRecords(): Promise<void> {
    // What is being copied would come back.
    if (this.storage.all.length > 1) return;
    const until = Date.now() + RUN_MS;
    let topics: RemovedTopic[];
    do {
      topics = await this.database.asSystem((manager) =>
        manager.query<RemovedTopic[]>('SELECT organization_id, topic_id FROM uns_removed_topics LIMIT $1', [TOPICS]),
      );
      for (const topic of topics) {
        while (Date.now() < until && !(await this.removeSome(topic, RECORDS)).isGone);
      }
    } while (topics.length > 0 && Date.now() < until);
  }

  /**
   * Of an organization that is deleted: first its topics become ones that are gone. Resolves with how many rows were
   * removed, about `limit` at most; 0 when nothing is left.
   */
  async removeNamespace(organizationId: string, limit: number): Promise<number> {
    const { topics, gone } = await this.database.asSystem(async (manager) => ({
      topics: await discardTopics(manager, organizationId, limit),
      gone: await manager.query<RemovedTopic[]>(
        'SELECT organization_id, topic_id FROM uns_removed_topics WHERE organization_id = $1 LIMIT $2',
        [organizationId, TOPICS],
      ),
    }));
    let removed = topics;
    for (const topic of gone) {
      if (removed >= limit) break;
      removed += (await this.removeSome(topic, limit - removed)).rows;
    }
    return removed;
  }

  /** About `limit` records, and where there were fewer, the last traces of the topic. Answers how many rows there were. */
  private async removeSome(
    { organization_id: organizationId, topic_id: id }: RemovedTopic,
    limit: number,
  ): Promise<{ rows: number; isGone: boolean }> {
    let rows = 0;
    for (const store of this.storage.all) rows += await store.removeOf(organizationId, id, null, limit);
    if (rows >= limit) return { rows, isGone: false };
    await this.database.asSystem(async (manager) => {
      for (const table of TRACES) {
        await manager.query(`DELETE FROM ${table} WHERE organization_id = $1 AND topic_id = $2`, [organizationId, id]);
      }
    });
    return { rows: rows + 1, isGone: true };
  }
}

/** What is kept of a topic beside its records; last, that it is gone. */
const TRACES = ['uns_latest', 'uns_topic_days', 'uns_removed_topics'];

async function discardTopics(manager: EntityManager, organizationId: string, limit: number): Promise<number> {
  const [row] = await manager.query<[{ count: number }]>(DISCARD, [organizationId, limit]);
  return row.count;
}

const DISCARD = `
  WITH gone AS (
    DELETE FROM uns_topics WHERE organization_id = $1 AND id IN (
      SELECT id FROM uns_topics WHERE organization_id = $1 LIMIT $2
    ) RETURNING id
  ), kept AS (
    INSERT INTO uns_removed_topics (organization_id, topic_id) SELECT $1, id FROM gone RETURNING 1
  )
  SELECT count(*)::int AS count FROM kept`;
