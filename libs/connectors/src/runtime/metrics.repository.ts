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
}
