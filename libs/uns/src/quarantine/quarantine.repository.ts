import { Injectable } from '@nestjs/common';
import { isId, notFound, type JsonValue, type TimePosition } from '#kernel';
import { Database, staleVersion } from '#platform/database';
import type { EntityManager } from 'typeorm';
import { QUALITIES, type Quality } from '../record';
import { lockQuarantine } from './quarantine.store';
import { conditionsOf, type Selection } from './selection';

/** A value in quarantine, with the path that its topic has now. */
export interface Quarantined {
  id: string;
  organizationId: string;
  topicId: string;
  topic: string;
  value: JsonValue;
  /** What it was before somebody corrected it. */
  original: JsonValue;
  corrected: boolean;
  source: string | null;
  timestamp: Date;
  receivedAt: Date;
  quality: Quality;
  reason: string;
  message: string;
  schemaVersion: number;
  version: number;
}

export interface ReasonCount {
  topic: string;
  reason: string;
  count: number;
  oldest: Date;
  newest: Date;
}

/** Seconds after which a resubmission that is not heard of any more has ended. */
const CLAIM_SECONDS = 30;

const COLUMNS = `
  q.id, q.organization_id AS "organizationId", q.topic_id AS "topicId", t.path AS topic, q.value, q.original, q.corrected,
  q.source, q."timestamp", q.received_at AS "receivedAt", q.quality, q.reason, q.message,
  q.schema_version AS "schemaVersion", q.version`;
const JOINED = 'uns_quarantine q JOIN uns_topics t ON t.organization_id = q.organization_id AND t.id = q.topic_id';

type QuarantinedRow = Omit<Quarantined, 'quality'> & { quality: number };

const toQuarantined = ({ quality, ...row }: QuarantinedRow): Quarantined => ({ ...row, quality: QUALITIES[quality]! });

@Injectable()
export class QuarantineRepository {
  constructor(private readonly database: Database) {}

  /** @throws DomainError `not_found` */
  async get(organizationId: string, id: string): Promise<Quarantined> {
    const [row] = isId(id)
      ? await this.query<QuarantinedRow>(
          organizationId,
          `SELECT ${COLUMNS} FROM ${JOINED} WHERE q.organization_id = $1 AND q.id = $2`,
          [organizationId, id],
        )
      : [];
    if (!row) throw notFound('Quarantined value');
    return toQuarantined(row);
  }

  /** By the order of arrival, after the position. */
  async list(
    organizationId: string,
    selection: Selection,
    { after, direction, limit }: { after: TimePosition | undefined; direction: 'ASC' | 'DESC'; limit: number },
  ): Promise<Quarantined[]> {
    const { where, parameters } = conditionsOf(organizationId, selection);
    const beyond = behind(after, parameters, direction);
    const rows = await this.query<QuarantinedRow>(
      organizationId,
      `SELECT ${COLUMNS} FROM ${JOINED} WHERE ${where} AND ${beyond}
       ORDER BY q.received_at ${direction}, q.id ${direction} LIMIT $${parameters.push(limit)}`,
      parameters,
    );
    return rows.map(toQuarantined);
  }

  /** The next to be resubmitted, oldest first: as many as one transaction bears, one at least. */
  async next(
    organizationId: string,
    selection: Selection,
    { after, limit, characters }: { after: TimePosition | undefined; limit: number; characters: number },
  ): Promise<Quarantined[]> {
    const { where, parameters } = conditionsOf(organizationId, selection);
    const beyond = behind(after, parameters, 'ASC');
    const rows = await this.query<QuarantinedRow>(
      organizationId,
      `SELECT ${COLUMNS} FROM (
         SELECT *, sum(length(value::text)) OVER (ORDER BY received_at, id) - length(value::text) AS before
         FROM (SELECT * FROM uns_quarantine q WHERE ${where} AND ${beyond}
               ORDER BY q.received_at, q.id LIMIT $${parameters.push(limit)}) page
       ) q JOIN uns_topics t ON t.organization_id = q.organization_id AND t.id = q.topic_id
       WHERE q.before < $${parameters.push(characters)} ORDER BY q.received_at, q.id`,
      parameters,
    );
    return rows.map(toQuarantined);
  }

  async count(organizationId: string, selection: Selection, after?: TimePosition): Promise<number> {
    const { where, parameters } = conditionsOf(organizationId, selection);
    const [row] = await this.query<{ count: string }>(
      organizationId,
      `SELECT count(*) FROM uns_quarantine q WHERE ${where} AND ${behind(after, parameters, 'ASC')}`,
      parameters,
    );
    return Number(row!.count);
  }

  /** By topic and reason, those with the most values first. */
  async summary(organizationId: string, selection: Selection, limit: number): Promise<ReasonCount[]> {
    const { where, parameters } = conditionsOf(organizationId, selection);
    const rows = await this.query<Omit<ReasonCount, 'count'> & { count: string }>(
      organizationId,
      `SELECT t.path AS topic, c.reason, c.count, c.oldest, c.newest FROM (
         SELECT q.topic_id, q.reason, count(*) AS count, min(q.received_at) AS oldest, max(q.received_at) AS newest
         FROM uns_quarantine q WHERE ${where} GROUP BY q.topic_id, q.reason
       ) c JOIN uns_topics t ON t.organization_id = $1 AND t.id = c.topic_id
       ORDER BY c.count DESC, t.path, c.reason LIMIT $${parameters.push(limit)}`,
      parameters,
    );
    return rows.map(({ count, ...row }) => ({ ...row, count: Number(count) }));
  }

  /** Paths of the topics whose values these are. */
  async topicsOf(organizationId: string, ids: readonly string[]): Promise<string[]> {
    const rows = await this.query<{ path: string }>(
      organizationId,
      `SELECT DISTINCT t.path FROM ${JOINED} WHERE q.organization_id = $1 AND q.id = ANY ($2::uuid[])`,
      [organizationId, ids],
    );
    return rows.map(({ path }) => path);
  }

  /** @throws DomainError `precondition_failed` when it has changed, or gone, since it was read. */
  async correct({ organizationId, id, version }: Quarantined, value: JsonValue): Promise<void> {
    const [, changed] = await this.database.inOrganization(organizationId, (manager) =>
      manager.query<[unknown, number]>(
        `UPDATE uns_quarantine SET original = CASE WHEN corrected THEN original ELSE value END, corrected = true,
                value = $4, version = version + 1
         WHERE organization_id = $1 AND id = $2 AND version = $3`,
        [organizationId, id, version, JSON.stringify(value)],
      ),
    );
    if (changed === 0) throw staleVersion();
  }

  /** Removes up to `limit`, the oldest first. Answers how many. */
  remove(organizationId: string, selection: Selection, limit: number): Promise<number> {
    const { where, parameters } = conditionsOf(organizationId, selection);
    return this.database.inOrganization(organizationId, async (manager) => {
      await lockQuarantine(manager, organizationId);
      const [, removed] = await manager.query<[unknown, number]>(
        `DELETE FROM uns_quarantine WHERE organization_id = $1 AND id = ANY (ARRAY(
           SELECT q.id FROM uns_quarantine q WHERE ${where}
           ORDER BY q.received_at, q.id LIMIT $${parameters.push(limit)}))`,
        parameters,
      );
      return removed;
    });
  }

  /** Takes the quarantine for a resubmission, unless another one has it. */
  claim(organizationId: string, claim: string): Promise<boolean> {
    return this.hold(organizationId, claim, `resubmission IS NULL OR resubmission_until < now()`);
  }

  /** Keeps it. Answers whether it was still held. */
  renew(organizationId: string, claim: string): Promise<boolean> {
    return this.hold(organizationId, claim, 'resubmission = $2');
  }

  async release(organizationId: string, claim: string): Promise<void> {
    await this.query(
      organizationId,
      `UPDATE uns_quarantine_states SET resubmission = NULL, resubmission_until = NULL
       WHERE organization_id = $1 AND resubmission = $2`,
      [organizationId, claim],
    );
  }

  private async hold(organizationId: string, claim: string, condition: string): Promise<boolean> {
    return this.database.inOrganization(organizationId, async (manager) => {
      await manager.query('INSERT INTO uns_quarantine_states (organization_id) VALUES ($1) ON CONFLICT DO NOTHING', [
        organizationId,
      ]);
      const [, held] = await manager.query<[unknown, number]>(
        `UPDATE uns_quarantine_states
         SET resubmission = $2, resubmission_until = now() + interval '${CLAIM_SECONDS} seconds'
         WHERE organization_id = $1 AND (${condition})`,
        [organizationId, claim],
      );
      return held > 0;
    });
  }

  private query<R>(organizationId: string, sql: string, parameters: unknown[]): Promise<R[]> {
    return this.database.inOrganization(organizationId, (manager) => manager.query<R[]>(sql, parameters));
  }
}

/** The condition of what comes after a position. */
function behind(after: TimePosition | undefined, parameters: unknown[], direction: 'ASC' | 'DESC'): string {
  if (!after) return 'true';
  const [at, id] = [parameters.push(after.at), parameters.push(after.id)];
  return `(q.received_at, q.id) ${direction === 'ASC' ? '>' : '<'} ($${at}::timestamptz, $${id}::uuid)`;
}

/**
 * As the system: removes up to `limit` values of one organization that came before the time, or whose topic is gone.
 * Answers how many.
 */
export async function removeOld(
  manager: EntityManager,
  organizationId: string,
  olderThan: Date,
  limit: number,
): Promise<number> {
  await lockQuarantine(manager, organizationId);
  const [, removed] = await manager.query<[unknown, number]>(
    `DELETE FROM uns_quarantine WHERE organization_id = $1 AND id = ANY (ARRAY(
       SELECT q.id FROM uns_quarantine q WHERE q.organization_id = $1 AND (q.received_at < $2
         OR NOT EXISTS (SELECT FROM uns_topics t WHERE t.organization_id = $1 AND t.id = q.topic_id))
       ORDER BY q.received_at, q.id LIMIT $3))`,
    [organizationId, olderThan, limit],
  );
  return removed;
}
