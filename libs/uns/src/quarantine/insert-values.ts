import { fixedArray, OID, textArray, writeTimestamp } from '#platform/database';
import type { EntityManager } from 'typeorm';
import type { RefusedRow } from '../ingest/row';
import { QUALITIES } from '../record';
import { writeId, writeUuid } from '../storage/postgres/insert';

/** A refused value with what the same again would have in common: 32 hexadecimal digits. */
export type NewValue = RefusedRow & { fingerprint: string | null };

const INSERT = `
  INSERT INTO uns_quarantine (organization_id, topic_id, id, "timestamp", received_at, quality, source, value, reason,
                              message, schema_version, fingerprint)
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::timestamptz[], $5::timestamptz[], $6::int2[], $7::text[],
                       $8::json[], $9::text[], $10::text[], $11::int4[], $12::uuid[])
  ON CONFLICT DO NOTHING RETURNING id`;

/** From binary arrays, as records are. Answers the ids of those that were not there. */
export async function insertValues(manager: EntityManager, values: readonly NewValue[]): Promise<Set<string>> {
  if (values.length === 0) return new Set();
  const added = await manager.query<{ id: string }[]>(INSERT, columns(values));
  return new Set(added.map(({ id }) => id));
}

const columns = (values: readonly NewValue[]): Buffer[] => [
  fixedArray(OID.uuid, 16, values, (buffer, at, { organizationId }) => writeUuid(buffer, at, organizationId)),
  fixedArray(OID.uuid, 16, values, (buffer, at, { topicId }) => writeUuid(buffer, at, topicId)),
  fixedArray(OID.uuid, 16, values, writeId),
  fixedArray(OID.timestamptz, 8, values, (buffer, at, { timestamp }) => writeTimestamp(buffer, at, timestamp)),
  fixedArray(OID.timestamptz, 8, values, (buffer, at, { receivedAt }) => writeTimestamp(buffer, at, receivedAt)),
  fixedArray(OID.int2, 2, values, (buffer, at, { quality }) => {
    buffer.writeInt16BE(QUALITIES.indexOf(quality), at);
  }),
  textArray(OID.text, values, ({ source }) => source),
  textArray(OID.json, values, ({ document, value }) => document ?? JSON.stringify(value)),
  textArray(OID.text, values, ({ verdict }) => verdict.reason),
  textArray(OID.text, values, ({ verdict }) => verdict.message),
  fixedArray(OID.int4, 4, values, (buffer, at, { verdict }) => {
    buffer.writeInt32BE(verdict.schemaVersion, at);
  }),
  fixedArray(OID.uuid, 16, values, (buffer, at, { fingerprint }) => {
    if (fingerprint === null) return false;
    writeUuid(buffer, at, fingerprint);
    return true;
  }),
];
