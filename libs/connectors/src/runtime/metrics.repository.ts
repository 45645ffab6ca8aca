import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database';

export interface MetricsRow {
  bucket: Date;
  calls: number;
  errors: number;
  messages: number;
  dropped: number;
  bytes_in: number;
  bytes_out: number;
  durations: number[];
}

/** How much went through a connection lately. */
export interface Traffic {
  connection_id: string;
  /** Calls and messages of the last hour, in whole stretches of five minutes. */
  count: number;
  /** When the last stretch began in which there was any. */
  last: Date | null;
}

/** What went through connections, in stretches of five minutes. */
@Injectable()
export class MetricsRepository {
  constructor(private readonly database: Database) {}

  /** The oldest first. */
  of(organizationId: string, connectionId: string, since: Date): Promise<MetricsRow[]> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager.query<MetricsRow[]>(
        `SELECT bucket, calls::float8, errors::float8, messages::float8, dropped::float8, bytes_in::float8, bytes_out::float8,
           durations::float8[] FROM connection_metrics
         WHERE organization_id = $1 AND connection_id = $2 AND bucket >= $3 ORDER BY bucket`,
        [organizationId, connectionId, since],
      ),
    );
  }

  traffic(organizationId: string, connectionIds: readonly string[]): Promise<Traffic[]> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager.query<Traffic[]>(
        `SELECT id AS connection_id, coalesce(sum(calls + messages) FILTER (WHERE bucket > now() - interval '1 hour'), 0)::float8
           AS count, max(bucket) FILTER (WHERE calls + messages > 0) AS last
         FROM unnest($2::uuid[]) AS t (id)
         LEFT JOIN connection_metrics m ON m.organization_id = $1 AND m.connection_id = t.id GROUP BY id`,
        [organizationId, connectionIds],
      ),
    );
  }
}
