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
    const until = Date.now() + RUN_MS;
    let topics: RemovedTopic[];
    do {
      topics = await this.database.asSystem((manager) =>
        manager.query<RemovedTopic[]>('SELECT organization_id, topic_id FROM uns_removed_topics LIMIT $1', [TOPICS]),
      );
      for (const topic of topics) {
        while (Date.now() < until && (await this.removeSome(topic, RECORDS)) > 1);
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
      removed += await this.removeSome(topic, limit - removed);
    }
    return removed;
  }

  /** Up to `limit` records, and where there are none, the last trace of the topic. Answers how many rows there were. */
  private async removeSome(
    { organization_id: organizationId, topic_id: id }: RemovedTopic,
    limit: number,
  ): Promise<number> {
    for (const store of this.storage.all) {
      const records = await store.removeOf(organizationId, id, null, limit);
      if (records > 0) return records;
    }
    await this.database.asSystem((manager) => manager.query(FORGET, [organizationId, id]));
    return 1;
  }
}

const FORGET = `
  WITH days AS (DELETE FROM uns_topic_days WHERE organization_id = $1 AND topic_id = $2)
  DELETE FROM uns_removed_topics WHERE organization_id = $1 AND topic_id = $2`;

async function discardTopics(manager: EntityManager, organizationId: string, limit: number): Promise<number> {
  const [row] = await manager.query<[{ count: number }]>(DISCARD, [organizationId, limit]);
  return row.count;
}

const DISCARD = `
  WITH gone AS (
    DELETE FROM uns_topics WHERE organization_id = $1 AND id IN (
      SELECT id FROM uns_topics WHERE organization_id = $1 LIMIT $2
    ) RETURNING id
  ), latest AS (
    DELETE FROM uns_latest USING gone WHERE organization_id = $1 AND topic_id = gone.id
  ), kept AS (
    INSERT INTO uns_removed_topics (organization_id, topic_id) SELECT $1, id FROM gone RETURNING 1
  )
  SELECT count(*)::int AS count FROM kept`;
