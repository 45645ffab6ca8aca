import { fixedArray, OID, textArray, writeTimestamp } from '#platform/database';
import type { EntityManager } from 'typeorm';
import { QUALITIES } from '../../record';
import type { RecordRow } from '../record-row';

/*
 * A batch is one INSERT from arrays in PostgreSQL's binary format: nothing is quoted here or parsed there (ADR 0006).
 */

const insert = (columns: string, values: string): string => `
  INSERT INTO uns_records (organization_id, topic_id, id, "timestamp", received_at, quality, source, number, value${columns})
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::timestamptz[], $6::int2[],
                       $7::text[], $8::float8[], $9::json[]${values})`;

const INSERT = insert('', '');
const INSERT_WITH_REASON = insert(', reason', ', $10::text[]');
/** Looking for the same row first takes PostgreSQL an eighth more time: only where there may be one. */
const ONCE = ' ON CONFLICT DO NOTHING RETURNING id';

export async function insertRecords(manager: EntityManager, rows: readonly RecordRow[]): Promise<void> {
  if (rows.length > 0) await manager.query(...statement(rows));
}

/** Without those that are there already. Answers the ids of those that were not. */
export async function insertOnce(manager: EntityManager, rows: readonly RecordRow[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const [sql, parameters] = statement(rows);
  const inserted = await manager.query<{ id: string }[]>(sql + ONCE, parameters);
  return new Set(inserted.map(({ id }) => id));
}

function statement(rows: readonly RecordRow[]): [sql: string, parameters: Buffer[]] {
  const hasReasons = rows.some(({ reason }) => reason !== null);
  if (!hasReasons) return [INSERT, columns(rows)];
  return [INSERT_WITH_REASON, [...columns(rows), textArray(OID.text, rows, ({ reason }) => reason)]];
}

const writeUuid = (buffer: Buffer, offset: number, uuid: string): void => {
  buffer.write(uuid.replaceAll('-', ''), offset, 'hex');
};

/** A number goes into its own column, everything else into `value`. */
const columns = (rows: readonly RecordRow[]): Buffer[] => [
  fixedArray(OID.uuid, 16, rows, (buffer, at, { organizationId }) => writeUuid(buffer, at, organizationId)),
  fixedArray(OID.uuid, 16, rows, (buffer, at, { topicId }) => writeUuid(buffer, at, topicId)),
  fixedArray(OID.uuid, 16, rows, (buffer, at, { idBase, idLow }) => {
    idBase.copy(buffer, at, 0, 12);
    buffer.writeUInt32BE(idLow, at + 12);
  }),
  fixedArray(OID.timestamptz, 8, rows, (buffer, at, { timestamp }) => writeTimestamp(buffer, at, timestamp)),
  fixedArray(OID.timestamptz, 8, rows, (buffer, at, { receivedAt }) => writeTimestamp(buffer, at, receivedAt)),
  fixedArray(OID.int2, 2, rows, (buffer, at, { quality }) => {
    buffer.writeInt16BE(QUALITIES.indexOf(quality), at);
  }),
  textArray(OID.text, rows, ({ source }) => source),
  fixedArray(OID.float8, 8, rows, (buffer, at, { value }) => {
    if (typeof value !== 'number') return false;
    buffer.writeDoubleBE(value, at);
    return true;
  }),
  textArray(OID.json, rows, ({ document }) => document),
];
