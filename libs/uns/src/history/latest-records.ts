import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database';
import { toStored, type RecordColumns } from '../storage/postgres/postgres-record-store';
import type { TopicRecord } from '../storage/record-store';

/** The last value, kept or not, of topics of which not every value is kept; see ingest/latest-values.ts. */
@Injectable()
export class LatestRecords {
  constructor(private readonly database: Database) {}

  /** At or before the time where one is given; those whose last value came later are left out. */
  async lastOf(organizationId: string, topicIds: readonly string[], at: Date | null): Promise<TopicRecord[]> {
    const rows = await this.database.inOrganization(organizationId, (manager) =>
      manager.query<(RecordColumns & { topic_id: string })[]>(
        `SELECT topic_id, id, "timestamp", received_at, quality, source, number, value, reason FROM uns_latest
         WHERE organization_id = $1 AND topic_id = ANY ($2) AND "timestamp" <= coalesce($3::timestamptz, 'infinity')`,
        [organizationId, topicIds, at],
      ),
    );
    return rows.map((row) => ({ ...toStored(row), topicId: row.topic_id }));
  }
}
