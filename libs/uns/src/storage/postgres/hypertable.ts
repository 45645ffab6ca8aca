import type { OwnerStep } from '#platform/database';
import type { Client } from 'pg';

/*
 * TimescaleDB: days are chunks of a hypertable, which it makes by itself, and old ones are compressed. It does not compress
 * tables with row-level security; the organization stands in every query, and the role of requests reaches nothing else here.
 */

/** Days after which a chunk is compressed: late values are cheap until then. */
const COMPRESSED_AFTER_DAYS = 7;

/** Turns the empty table of records into a hypertable. Idempotent. */
export const toHypertable: OwnerStep = async (owner) => {
  await owner.query('CREATE EXTENSION IF NOT EXISTS timescaledb');
  const { rowCount } = await owner.query(
    `SELECT FROM timescaledb_information.hypertables WHERE hypertable_name = 'uns_records'`,
  );
  if (rowCount !== 0) return;
  await owner.query(`
    CREATE TABLE uns_records_plain (LIKE uns_records INCLUDING ALL);
    DROP TABLE uns_records;
    ALTER TABLE uns_records_plain RENAME TO uns_records;
    SELECT create_hypertable('uns_records', 'timestamp', chunk_time_interval => INTERVAL '1 day');
    ALTER TABLE uns_records SET (
      timescaledb.compress, timescaledb.compress_segmentby = 'organization_id, topic_id',
      timescaledb.compress_orderby = '"timestamp", id'
    );
    SELECT add_compression_policy('uns_records', INTERVAL '${COMPRESSED_AFTER_DAYS} days')`);
  const { rows } = await owner.query<{ name: string }>('SELECT current_database() AS name');
  const roles = ['app', 'system'].map((role) => owner.escapeIdentifier(`${rows[0]!.name}_${role}`));
  await owner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON uns_records TO ${roles.join(', ')}`);
};

export async function dropChunks(owner: Client, olderThan: Date): Promise<void> {
  await owner.query(`SELECT drop_chunks('uns_records', older_than => $1::timestamptz)`, [olderThan]);
}
