import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database';
import type { ConnectionState } from './connection-state';
import { RUNTIME_JOINS, SHOULD_RUN } from './leases';
import type { SubscriptionStatus } from './state-writer';

export interface RuntimeRow {
  connection_id: string;
  state: ConnectionState;
  reason: string | null;
  since: Date;
  connected_at: Date | null;
  attempts: number;
  next_attempt_at: Date | null;
  subscriptions: SubscriptionStatus[];
}

/** What connections do, as everybody sees it. */
@Injectable()
export class RuntimesRepository {
  constructor(private readonly database: Database) {}

  /** For a new connection, in the transaction that makes it. */
  async add(organizationId: string, connectionId: string): Promise<void> {
    await this.database.inOrganization(organizationId, (manager) =>
      manager.query('INSERT INTO connection_runtimes (organization_id, connection_id) VALUES ($1, $2)', [
        organizationId,
        connectionId,
      ]),
    );
  }

  /** Asks for another session, in the transaction that is open. */
  async restart(organizationId: string, connectionId: string): Promise<void> {
    await this.database.inOrganization(organizationId, (manager) =>
      manager.query(
        'UPDATE connection_runtimes SET restarts = restarts + 1 WHERE organization_id = $1 AND connection_id = $2',
        [organizationId, connectionId],
      ),
    );
  }

  async of(organizationId: string, connectionIds: readonly string[]): Promise<Map<string, RuntimeRow>> {
    const rows = await this.database.inOrganization(organizationId, (manager) =>
      manager.query<RuntimeRow[]>(READ, [organizationId, connectionIds]),
    );
    return new Map(rows.map((row) => [row.connection_id, row]));
  }

  /** How many there are, and how many are in which state. */
  counts(organizationId: string): Promise<{ enabled: boolean; state: ConnectionState; count: number }[]> {
    return this.database.inOrganization(organizationId, (manager) => manager.query(COUNT, [organizationId]));
  }
}

/**
 * The owner writes the state; what it cannot tell is told here: that it is gone, and that it is about to stop what is not to be
 * run any more.
 */
const STATE = `
  CASE WHEN r.owner IS NULL THEN 'idle'
       WHEN NOT alive THEN CASE WHEN ${SHOULD_RUN} THEN 'reconnecting' ELSE 'idle' END
       WHEN NOT ${SHOULD_RUN} THEN 'stopping'
       ELSE r.state END`;
const JOINS = `${RUNTIME_JOINS} CROSS JOIN LATERAL (SELECT connection_worker_alive(r.owner)) w (alive)`;

const READ = `
  SELECT r.connection_id, ${STATE} AS state, r.since, r.connected_at, r.attempts, r.next_attempt_at,
    CASE WHEN r.owner IS NOT NULL AND NOT alive THEN 'The worker that had it is gone' ELSE r.reason END AS reason,
    CASE WHEN alive THEN r.subscriptions ELSE '[]' END AS subscriptions
  FROM ${JOINS} WHERE r.organization_id = $1 AND r.connection_id = ANY ($2::uuid[])`;

const COUNT = `
  SELECT ${SHOULD_RUN} AS enabled, ${STATE} AS state, count(*)::int AS count
  FROM ${JOINS} WHERE r.organization_id = $1 GROUP BY 1, 2`;
