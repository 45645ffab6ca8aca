import { createHash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { RefusedRow, Row } from '../ingest/row';
import type { SortedRows } from '../ingest/sort-rows';
import { idOf } from '../storage/record-row';
import { insertValues } from './insert-values';

/** Values of one organization. */
export const MOST_QUARANTINED = 1_000_000;

/** What the quarantine has done in a transaction. */
export interface QuarantineOutcome {
  /** By which id each refused value is kept; for one that is missing there was no room. */
  ids: ReadonlyMap<Row, string>;
  /** Values to be resubmitted that have gone, or changed, since they were read: they must not be stored. */
  gone: ReadonlySet<Row>;
}

const WARN_EVERY_MS = 60_000;

const NOTHING: QuarantineOutcome = { ids: new Map(), gone: new Set() };

/**
 * Keeps what schemas refuse, in the transaction of the records beside it. Whoever adds or removes values holds the state
 * of their organization until the transaction ends: so they can be counted, and nobody locks up with anybody.
 */
@Injectable()
export class QuarantineStore {
  private readonly logger = new Logger(QuarantineStore.name);
  private warnedAt = 0;

  /** Keeps the refused rows, and takes out those accepted that come from here. */
  async settle(manager: EntityManager, { accepted, refused }: SortedRows): Promise<QuarantineOutcome> {
    const resubmitted = accepted.filter(({ batch }) => batch.resubmission);
    if (refused.length === 0 && resubmitted.length === 0) return NOTHING;
    const states = await lockStates(manager, [...refused, ...resubmitted]);
    const holds = ({ batch }: Row): boolean =>
      states.get(batch.organizationId)?.resubmission === batch.resubmission!.claim;
    const fresh = refused.filter(({ batch }) => !batch.resubmission);
    const again = refused.filter((row) => row.batch.resubmission && holds(row));
    const ids = await this.keep(manager, fresh, states);
    for (const row of await stay(manager, again)) ids.set(row, idOf(row));
    const taken = await take(manager, resubmitted.filter(holds));
    return { ids, gone: new Set(resubmitted.filter((row) => !taken.has(idOf(row)))) };
  }

  private async keep(
    manager: EntityManager,
    rows: readonly RefusedRow[],
    states: ReadonlyMap<string, State>,
  ): Promise<Map<Row, string>> {
    const ids = new Map<Row, string>();
    if (rows.length === 0) return ids;
    const left = new Map([...states].map(([id, { count }]) => [id, MOST_QUARANTINED - count]));
    const values = rows.map((row) => ({ ...row, fingerprint: fingerprintOf(row) }));
    const fitting = values.filter(({ organizationId }) => {
      const room = left.get(organizationId)!;
      left.set(organizationId, room - 1);
      return room > 0;
    });
    const added = await insertValues(manager, fitting);
    // The others are there already, or do not fit.
    const others = values.filter((value) => value.fingerprint && !added.has(idOf(value)));
    const before = others.length > 0 ? await sameValues(manager, others) : new Map<string, string>();
    for (const [index, value] of values.entries()) {
      const own = idOf(value);
      const id = added.has(own) ? own : value.fingerprint && before.get(`${value.topicId} ${value.fingerprint}`);
      if (id) ids.set(rows[index]!, id);
    }
    if (ids.size < rows.length) this.warn(rows.find((row) => !ids.has(row))!);
    return ids;
  }

  /** Devices that cannot be told of it go on: somebody else has to know. */
  private warn({ organizationId }: Row): void {
    if (Date.now() - this.warnedAt < WARN_EVERY_MS) return;
    this.warnedAt = Date.now();
    this.logger.warn(`the quarantine of organization ${organizationId} is full: what is refused is not kept`);
  }
}

interface State {
  count: number;
  resubmission: string | null;
}

/** Holds the states until the transaction ends, in one order everywhere. */
async function lockStates(manager: EntityManager, rows: readonly Row[]): Promise<Map<string, State>> {
  const organizations = [...new Set(rows.map(({ organizationId }) => organizationId))];
  const states = await manager.query<{ organization_id: string; count: string; resubmission: string | null }[]>(
    `INSERT INTO uns_quarantine_states AS s (organization_id) SELECT id FROM unnest($1::uuid[]) AS t (id) ORDER BY id
     ON CONFLICT (organization_id) DO UPDATE SET count = s.count RETURNING organization_id, count, resubmission`,
    [organizations],
  );
  return new Map(
    states.map(({ organization_id: id, count, resubmission }) => [id, { count: Number(count), resubmission }]),
  );
}

/** The same for what has one organization alone. */
export const lockQuarantine = (manager: EntityManager, organizationId: string): Promise<unknown> =>
  manager.query('SELECT FROM uns_quarantine_states WHERE organization_id = $1 FOR UPDATE', [organizationId]);

/** Says what a repetition has in common with the first one; nothing for values that get their time when they arrive. */
function fingerprintOf({ batch, index, source, timestamp, value, document }: RefusedRow): string | null {
  if (batch.records[index]!.timestamp === null) return null;
  const text = JSON.stringify([timestamp, source]) + (document ?? JSON.stringify(value));
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** Ids of values by topic and fingerprint. */
async function sameValues(
  manager: EntityManager,
  values: readonly (Row & { fingerprint: string | null })[],
): Promise<Map<string, string>> {
  const found = await manager.query<{ id: string; topic_id: string; fingerprint: string }[]>(
    // One by one by the index: statistics that are an hour old would have all of them read.
    `SELECT q.id, t.topic_id, replace(t.fingerprint::text, '-', '') AS fingerprint
     FROM unnest($1::uuid[], $2::uuid[], $3::uuid[]) AS t (organization_id, topic_id, fingerprint)
     CROSS JOIN LATERAL (
       SELECT id FROM uns_quarantine q WHERE q.organization_id = t.organization_id AND q.topic_id = t.topic_id
         AND q.fingerprint = t.fingerprint LIMIT 1
     ) q`,
    [
      values.map(({ organizationId }) => organizationId),
      values.map(({ topicId }) => topicId),
      values.map(({ fingerprint }) => fingerprint),
    ],
  );
  return new Map(found.map(({ id, topic_id: topicId, fingerprint }) => [`${topicId} ${fingerprint}`, id]));
}

const seenVersion = ({ batch, index }: Row): number => batch.resubmission!.values[index]!.version;

/** Removes those that are still as they were read. Answers their ids. */
async function take(manager: EntityManager, rows: readonly Row[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const [taken] = await manager.query<[{ id: string }[], number]>(
    `DELETE FROM uns_quarantine q USING unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::int[]) AS t (organization_id, id, topic_id, version)
     WHERE q.id = ANY ($2) AND q.organization_id = t.organization_id AND q.id = t.id AND q.topic_id = t.topic_id
       AND q.version = t.version RETURNING q.id`,
    [rows.map((row) => row.organizationId), rows.map(idOf), rows.map((row) => row.topicId), rows.map(seenVersion)],
  );
  return new Set(taken.map(({ id }) => id));
}

/** Gives those that are refused again the reason of now. Answers those that are still as they were read. */
async function stay(manager: EntityManager, rows: readonly RefusedRow[]): Promise<RefusedRow[]> {
  if (rows.length === 0) return [];
  const [updated] = await manager.query<[{ id: string }[], number]>(
    `UPDATE uns_quarantine q SET reason = t.reason, message = t.message, schema_version = t.schema_version
     FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[], $6::int[])
       AS t (organization_id, id, version, reason, message, schema_version)
     WHERE q.id = ANY ($2) AND q.organization_id = t.organization_id AND q.id = t.id AND q.version = t.version
     RETURNING q.id`,
    [
      rows.map((row) => row.organizationId),
      rows.map(idOf),
      rows.map(seenVersion),
      rows.map(({ verdict }) => verdict.reason),
      rows.map(({ verdict }) => verdict.message),
      rows.map(({ verdict }) => verdict.schemaVersion),
    ],
  );
  const ids = new Set(updated.map(({ id }) => id));
  return rows.filter((row) => ids.has(idOf(row)));
}
