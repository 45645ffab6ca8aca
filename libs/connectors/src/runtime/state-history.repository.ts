import { Injectable } from '@nestjs/common';
import type { TimePosition } from '#kernel';
import { Database } from '#platform/database';
import type { ConnectionState } from './connection-state';

export interface StateChangeRow {
  id: string;
  at: Date;
  connection_id: string;
  connection_name: string;
  from_state: ConnectionState;
  to_state: ConnectionState;
  reason: string | null;
}

export interface StateChangeFilter {
  connectionId?: string | undefined;
  /** Inclusive. */
  from?: Date | undefined;
  /** Exclusive. */
  to?: Date | undefined;
  /** Position of the last one seen. */
  before?: TimePosition | undefined;
}

/** What became of connections. */
@Injectable()
export class StateHistoryRepository {
  constructor(private readonly database: Database) {}

  /** The newest first. */
  find(organizationId: string, filter: StateChangeFilter, limit: number): Promise<StateChangeRow[]> {
    const parameters: unknown[] = [];
    const value = (given: unknown): string => `$${parameters.push(given)}`;
    const conditions = [
      `organization_id = ${value(organizationId)}`,
      filter.connectionId !== undefined && `connection_id = ${value(filter.connectionId)}`,
      filter.from && `at >= ${value(filter.from)}`,
      filter.to && `at < ${value(filter.to)}`,
      filter.before && `(at, id) < (${value(filter.before.at)}::timestamptz, ${value(filter.before.id)}::uuid)`,
    ].filter(Boolean);
    const text = `SELECT id, at, connection_id, connection_name, from_state, to_state, reason FROM connection_state_changes
      WHERE ${conditions.join(' AND ')} ORDER BY at DESC, id DESC LIMIT ${value(limit)}`;
    return this.database.inOrganization(organizationId, (manager) => manager.query<StateChangeRow[]>(text, parameters));
  }

  /** Changes since then, and those of them that were failures. */
  async count(organizationId: string, since: Date): Promise<{ changes: number; failures: number }> {
    const [row] = await this.database.inOrganization(organizationId, (manager) =>
      manager.query<{ changes: number; failures: number }[]>(
        `SELECT count(*)::int AS changes, count(*) FILTER (WHERE to_state IN ('error', 'reconnecting'))::int AS failures
         FROM connection_state_changes WHERE organization_id = $1 AND at >= $2`,
        [organizationId, since],
      ),
    );
    return row!;
  }
}
