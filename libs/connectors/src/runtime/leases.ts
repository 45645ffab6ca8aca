import { hostname } from 'node:os';
import { Injectable } from '@nestjs/common';
import { newId } from '#kernel';
import { Database } from '#platform/database';
import type { EntityManager } from 'typeorm';
import type { ConnectionState } from './connection-state';

/** Seconds after which a worker that says nothing counts as gone. */
const LEASE_SECONDS = 10;
/** Milliseconds by our own clock after which we no longer act as the owner: less than the lease, whatever the way there took. */
const TRUSTED_MS = 8_000;

/** Live workers. */
const ALIVE = 'SELECT id FROM connection_workers WHERE lease_until > now()';
/** Whether a connection is to be run: for queries that join `c`, `r` and `o`. */
export const SHOULD_RUN = `(c.enabled AND NOT c.stopped AND o.status = 'active' AND o.deleted_at IS NULL)`;
export const RUNTIME_JOINS = `
  connection_runtimes r
  JOIN connections c ON c.organization_id = r.organization_id AND c.id = r.connection_id
  JOIN organizations o ON o.id = r.organization_id`;

/** A connection that this worker has. */
export interface OwnedConnection {
  organizationId: string;
  connectionId: string;
  /** One more with each owner: what an earlier one writes late is not taken. */
  fence: number;
  shouldRun: boolean;
  /** Changes with everything that makes another session necessary. */
  revision: string;
  /** Changes with its functions. */
  functions: string;
  state: ConnectionState;
}

/**
 * Which worker has which connection. A worker has one lease for all it has: it says every two seconds that it is there, and
 * what it had is up for others ten seconds after it went silent.
 */
@Injectable()
export class Leases {
  readonly worker = newId();
  private renewedAt = -Infinity;

  constructor(private readonly database: Database) {}

  /** Whether nobody else can have taken what this worker has. */
  get held(): boolean {
    return performance.now() - this.renewedAt < TRUSTED_MS;
  }

  /** Says that this worker is there, takes at most `most` connections that nobody has, and gives all it has now. */
  async look(most: number): Promise<OwnedConnection[]> {
    const asked = performance.now();
    const owned = await this.database.asSystem(async (manager) => {
      await manager.query(RENEW, [this.worker, `${hostname()}/${process.pid}`]);
      await manager.query(LEAVE);
      if (most > 0) await manager.query(CLAIM, [this.worker, most]);
      return manager.query<OwnedRow[]>(OWNED, [this.worker]);
    });
    this.renewedAt = asked;
    return owned.map((row) => ({
      organizationId: row.organization_id,
      connectionId: row.connection_id,
      fence: row.fence,
      shouldRun: row.should_run,
      revision: row.revision,
      functions: row.functions,
      state: row.state,
    }));
  }

  /** Of those connections, the ones that this worker may act for: they are kept until the transaction ends. */
  async confirm(manager: EntityManager, connectionIds: readonly string[]): Promise<Set<string>> {
    const rows = await manager.query<{ connection_id: string }[]>(CONFIRM, [this.worker, connectionIds]);
    return new Set(rows.map(({ connection_id: id }) => id));
  }

  /** Gives connections back; others may take them at once. */
  async release(connectionIds: readonly string[]): Promise<void> {
    await this.database.asSystem((manager) => manager.query(RELEASE, [this.worker, connectionIds]));
  }

  /** The worker ends. */
  async end(): Promise<void> {
    await this.database.asSystem(async (manager) => {
      await manager.query(`UPDATE connection_runtimes SET owner = NULL WHERE owner = $1`, [this.worker]);
      await manager.query('DELETE FROM connection_workers WHERE id = $1', [this.worker]);
    });
  }
}

interface OwnedRow {
  organization_id: string;
  connection_id: string;
  fence: number;
  should_run: boolean;
  revision: string;
  functions: string;
  state: ConnectionState;
}

const RENEW = `
  INSERT INTO connection_workers (id, process, lease_until) VALUES ($1, $2, now() + interval '${LEASE_SECONDS} seconds')
  ON CONFLICT (id) DO UPDATE SET lease_until = excluded.lease_until`;

/** Workers that are gone for long, and what they had that is not to be run any more. */
const LEAVE = `
  WITH gone AS (DELETE FROM connection_workers WHERE lease_until < now() - interval '1 hour')
  UPDATE connection_runtimes u SET owner = NULL, state = 'idle', reason = NULL, since = now(), next_attempt_at = NULL,
    subscriptions = '[]'
  WHERE u.connection_id IN (
    SELECT r.connection_id FROM ${RUNTIME_JOINS}
    WHERE NOT ${SHOULD_RUN} AND (r.state <> 'idle' OR r.owner IS NOT NULL)
      AND (r.owner IS NULL OR r.owner NOT IN (${ALIVE})) FOR UPDATE OF r SKIP LOCKED)`;

/** No more than this worker's part of all there is, so that others get theirs. */
const CLAIM = `
  WITH part AS (
    SELECT ceil((SELECT count(*) FROM ${RUNTIME_JOINS} WHERE ${SHOULD_RUN})::numeric / greatest(1, (SELECT count(*) FROM (${ALIVE}) w)))
      - (SELECT count(*) FROM connection_runtimes WHERE owner = $1) AS room
  )
  UPDATE connection_runtimes u SET owner = $1, fence = u.fence + 1
  WHERE u.connection_id IN (
    SELECT r.connection_id FROM ${RUNTIME_JOINS}
    WHERE ${SHOULD_RUN} AND (r.owner IS NULL OR r.owner NOT IN (${ALIVE}))
    LIMIT (SELECT greatest(0, least(room, $2::int)) FROM part) FOR UPDATE OF r SKIP LOCKED)`;

const OWNED = `
  SELECT r.organization_id, r.connection_id, r.fence, ${SHOULD_RUN} AS should_run, r.state,
    c.version || '.' || r.restarts || '.' || o.settings_version AS revision,
    (SELECT count(*) || '.' || coalesce(sum(f.version), 0) FROM connection_functions f
     WHERE f.organization_id = r.organization_id AND f.connection_id = r.connection_id) AS functions
  FROM ${RUNTIME_JOINS} WHERE r.owner = $1`;

/** A worker that is frozen in its transaction must not keep others from taking over for longer than its lease. */
const CONFIRM = `
  WITH patience AS (SELECT set_config('idle_in_transaction_session_timeout', '${TRUSTED_MS}', true))
  SELECT r.connection_id FROM connection_runtimes r, patience
  WHERE r.owner = $1 AND r.connection_id = ANY ($2::uuid[]) ORDER BY r.connection_id FOR SHARE OF r`;

const RELEASE = `UPDATE connection_runtimes SET owner = NULL WHERE owner = $1 AND connection_id = ANY ($2::uuid[])`;
