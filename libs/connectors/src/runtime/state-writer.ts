import { Injectable, Logger } from '@nestjs/common';
import { idTime, newId } from '#kernel';
import { Batcher } from '#platform/batching';
import { Database } from '#platform/database';
import type { ConnectionState } from './connection-state';
import { Leases } from './leases';

/** What a subscribing function does. */
export interface SubscriptionStatus {
  functionId: string;
  /** Messages flow. */
  active: boolean;
  /** Why they do not. */
  reason: string | null;
}

export interface RuntimeStatus {
  state: ConnectionState;
  reason: string | null;
  since: Date;
  /** Of the last time it became connected. */
  connectedAt: Date | null;
  /** Failures in a row. */
  attempts: number;
  nextAttemptAt: Date | null;
  subscriptions: readonly SubscriptionStatus[];
}

/** A connection's status as its owner has it; where the state is another one than before, what it was. */
export interface StatusChange {
  organizationId: string;
  connectionId: string;
  fence: number;
  from: ConnectionState | null;
  status: RuntimeStatus;
}

const MOST_AT_ONCE = 500;
/** Characters. */
const LONGEST_REASON = 500;

/**
 * Writes what connections do: the present and the history, in the order in which it happened, as long as their owner still
 * has them. What cannot be written is told anew with the next change.
 */
@Injectable()
export class StateWriter {
  private readonly logger = new Logger(StateWriter.name);
  private readonly batcher = new Batcher<StatusChange, void>({
    most: MOST_AT_ONCE,
    work: (batch) => this.store(batch),
  });

  constructor(
    private readonly database: Database,
    private readonly leases: Leases,
  ) {}

  /** Whether it is written. Never fails. */
  write(change: StatusChange): Promise<boolean> {
    return this.batcher.add(change).then(
      () => true,
      (error: unknown) => {
        this.logger.warn(`the state of a connection could not be kept: ${String(error)}`);
        return false;
      },
    );
  }

  private async store(batch: readonly StatusChange[]): Promise<void[]> {
    const latest = [...new Map(batch.map((change) => [change.connectionId, change])).values()];
    const moved = batch.filter(({ from, status }) => from !== null && from !== status.state);
    await this.database.asSystem(async (manager) => {
      await manager.query(UPDATE, [
        this.leases.worker,
        latest.map(({ connectionId }) => connectionId),
        latest.map(({ fence }) => fence),
        latest.map(({ status }) => status.state),
        latest.map(({ status }) => cut(status.reason)),
        latest.map(({ status }) => status.since),
        latest.map(({ status }) => status.connectedAt),
        latest.map(({ status }) => status.attempts),
        latest.map(({ status }) => status.nextAttemptAt),
        latest.map(({ status }) => JSON.stringify(status.subscriptions)),
      ]);
      if (moved.length === 0) return;
      const ids = moved.map(() => newId());
      await manager.query(APPEND, [
        this.leases.worker,
        ids,
        ids.map((id) => idTime(id)),
        moved.map(({ connectionId }) => connectionId),
        moved.map(({ fence }) => fence),
        moved.map(({ from }) => from),
        moved.map(({ status }) => status.state),
        moved.map(({ status }) => cut(status.reason)),
      ]);
    });
    return batch.map(() => undefined);
  }
}

const cut = (reason: string | null): string | null =>
  reason === null || reason.length <= LONGEST_REASON ? reason : `${reason.slice(0, LONGEST_REASON).toWellFormed()}…`;

const UPDATE = `
  UPDATE connection_runtimes r SET state = t.state, reason = t.reason, since = t.since, connected_at = t.connected_at,
    attempts = t.attempts, next_attempt_at = t.next_attempt_at, subscriptions = t.subscriptions
  FROM unnest($2::uuid[], $3::int[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::int[],
    $9::timestamptz[], $10::jsonb[]) AS t (connection_id, fence, state, reason, since, connected_at, attempts, next_attempt_at, subscriptions)
  WHERE r.connection_id = t.connection_id AND r.owner = $1 AND r.fence = t.fence`;

const APPEND = `
  INSERT INTO connection_state_changes (id, at, organization_id, connection_id, connection_name, from_state, to_state, reason)
  SELECT t.id, t.at, r.organization_id, r.connection_id, c.name, t.from_state, t.to_state, t.reason
  FROM unnest($2::uuid[], $3::timestamptz[], $4::uuid[], $5::int[], $6::text[], $7::text[], $8::text[])
    AS t (id, at, connection_id, fence, from_state, to_state, reason)
  JOIN connection_runtimes r ON r.connection_id = t.connection_id AND r.owner = $1 AND r.fence = t.fence
  JOIN connections c ON c.organization_id = r.organization_id AND c.id = r.connection_id`;
