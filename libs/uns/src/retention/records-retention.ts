import { Injectable } from '@nestjs/common';
import { OrganizationSettings } from '#organizations';
import { Database } from '#platform/database';
import { RecordStorage } from '../storage/record-storage';
import type { TopicAge } from '../storage/record-store';
import { olderThan } from './older-than';

/** Topics of one statement, and records of each. */
const TOPICS = 200;
const RECORDS = 500;

interface KeptTopic {
  id: string;
  /** Days, where the topic has its own. */
  days: number | null;
}

/**
 * Removes records whose time is over: whole days at once when it is over for everybody, single records, in batches, of
 * topics and organizations that keep them for less.
 */
@Injectable()
export class RecordsRetention {
  constructor(
    private readonly database: Database,
    private readonly settings: OrganizationSettings,
    private readonly storage: RecordStorage,
  ) {}

  async run(now = new Date()): Promise<void> {
    const settings = await this.settings.ofAll();
    const days = new Map([...settings].map(([id, { retention }]) => [id, retention.recordsDays]));
    const longest = Math.max(await this.longestOfTopics(), ...days.values());
    for (const store of this.storage.all) await store.dropOlder(olderThan(longest, now));
    for (const [organizationId, own] of days) await this.removeOf(organizationId, own, longest, now);
  }

  private async longestOfTopics(): Promise<number> {
    const [row] = await this.database.asSystem((manager) =>
      manager.query<{ days: number | null }[]>(
        `SELECT max((config->>'retentionDays')::int) AS days FROM uns_topics WHERE config ? 'retentionDays'`,
      ),
    );
    return row!.days ?? 0;
  }

  private async removeOf(organizationId: string, days: number, longest: number, now: Date): Promise<void> {
    let after: string | undefined;
    do {
      const topics = await this.shorter(organizationId, days, longest, after);
      const ages = topics.map((topic) => ({ id: topic.id, olderThan: olderThan(topic.days ?? days, now) }));
      await this.remove(organizationId, ages);
      after = topics.length < TOPICS ? undefined : topics.at(-1)!.id;
    } while (after !== undefined);
  }

  /** Those for which a whole day is never over. */
  private shorter(
    organizationId: string,
    days: number,
    longest: number,
    after: string | undefined,
  ): Promise<KeptTopic[]> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager.query<KeptTopic[]>(
        `SELECT id, (config->>'retentionDays')::int AS days FROM uns_topics
         WHERE organization_id = $1 AND ($2::uuid IS NULL OR id > $2)
           AND coalesce((config->>'retentionDays')::int, $3) < $4
         ORDER BY id LIMIT ${TOPICS}`,
        [organizationId, after ?? null, days, longest],
      ),
    );
  }

  private async remove(organizationId: string, ages: readonly TopicAge[]): Promise<void> {
    if (ages.length === 0) return;
    for (const store of this.storage.all) {
      while ((await store.removeOlder(organizationId, ages, RECORDS)) > 0);
    }
  }
}
