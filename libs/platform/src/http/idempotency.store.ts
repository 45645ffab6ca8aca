import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Database, deleteBatch } from '../database';

export interface StoredAnswer {
  status: number;
  location: string | null;
  body: unknown;
}

/** One use of a key: by whom, in which organization, for which request. */
export interface IdempotencyClaim {
  organizationId: string;
  caller: string;
  key: string;
  /** SHA-256 over method, address and body. */
  fingerprint: Buffer;
}

export type ClaimResult = 'claimed' | 'running' | 'other-request' | StoredAnswer;

interface Row {
  fingerprint: Buffer;
  status: number | null;
  location: string | null;
  body: unknown;
}

/** A claim whose process died is free again after this. Longer than any handler may take. */
const ABANDONED_AFTER = '2 minutes';
const KEPT_FOR = '24 hours';
const IS_OVER = `(k.created_at < now() - interval '${KEPT_FOR}'
  OR (k.status IS NULL AND k.created_at < now() - interval '${ABANDONED_AFTER}'))`;

/** First answers by key, in the organization's own rows. */
@Injectable()
export class IdempotencyStore {
  constructor(private readonly database: Database) {}

  /** Takes the key if it is free; one of several callers at the same time gets it. */
  async claim(claim: IdempotencyClaim): Promise<ClaimResult> {
    const { organizationId, caller, key, fingerprint } = claim;
    return this.database.inOrganization(organizationId, async (manager) => {
      // Those who wait for the first answer look at it again and again: they must not lock what it is kept in.
      const before = await find(manager, claim);
      if (before) return judge(before, fingerprint);
      const taken = await manager.query<unknown[]>(
        `INSERT INTO idempotency_keys AS k (organization_id, caller, key, fingerprint)
         VALUES ($1, $2, $3, $4)
         ON CONFLICT (organization_id, caller, key) DO UPDATE
           SET fingerprint = excluded.fingerprint, status = NULL, body = NULL, location = NULL, created_at = now()
           WHERE ${IS_OVER}
         RETURNING 1`,
        [organizationId, caller, key, fingerprint],
      );
      if (taken.length > 0) return 'claimed';
      const now = await find(manager, claim);
      return now ? judge(now, fingerprint) : 'running';
    });
  }

  async keep(claim: IdempotencyClaim, answer: StoredAnswer): Promise<void> {
    await this.database.inOrganization(claim.organizationId, (manager) =>
      manager.query(
        `UPDATE idempotency_keys SET status = $4, location = $5, body = $6
         WHERE organization_id = $1 AND caller = $2 AND key = $3`,
        [
          claim.organizationId,
          claim.caller,
          claim.key,
          answer.status,
          answer.location,
          answer.body === undefined ? null : JSON.stringify(answer.body),
        ],
      ),
    );
  }

  /** The request was refused and changed nothing: the key is free again. */
  async release(claim: IdempotencyClaim): Promise<void> {
    await this.database.inOrganization(claim.organizationId, (manager) =>
      manager.query(
        'DELETE FROM idempotency_keys WHERE organization_id = $1 AND caller = $2 AND key = $3 AND status IS NULL',
        [claim.organizationId, claim.caller, claim.key],
      ),
    );
  }

  /** Removes up to `limit` keys of a deleted organization; resolves with how many there were. */
  removeOf(organizationId: string, limit: number): Promise<number> {
    return this.database.asSystem((manager) => deleteBatch(manager, 'idempotency_keys', organizationId, limit));
  }

  /** Removes keys past their day; for maintenance. */
  async purge(): Promise<void> {
    await this.database.asSystem((manager) =>
      manager.query(`DELETE FROM idempotency_keys WHERE created_at < now() - interval '${KEPT_FOR}'`),
    );
  }
}

async function find(
  manager: EntityManager,
  { organizationId, caller, key }: IdempotencyClaim,
): Promise<Row | undefined> {
  const [row] = await manager.query<Row[]>(
    `SELECT fingerprint, status, location, body FROM idempotency_keys AS k
     WHERE organization_id = $1 AND caller = $2 AND key = $3 AND NOT ${IS_OVER}`,
    [organizationId, caller, key],
  );
  return row;
}

function judge(row: Row, fingerprint: Buffer): ClaimResult {
  if (!row.fingerprint.equals(fingerprint)) return 'other-request';
  if (row.status === null) return 'running';
  return { status: row.status, location: row.location, body: row.body ?? undefined };
}
