import type { Client } from 'pg';
import { DEFAULT_SCHEMA, runMigrations } from 'bullmq';
import { roleName } from '../database';

/** The queue's own tables in PostgreSQL, made by the owner and used by the system role. */
export async function migrateQueue(owner: Client): Promise<void> {
  await runMigrations(owner, DEFAULT_SCHEMA);
  const { rows } = await owner.query<{ database: string }>('SELECT current_database() AS database');
  const role = owner.escapeIdentifier(roleName(rows[0]!.database, 'system'));
  await owner.query(`
    GRANT USAGE ON SCHEMA ${DEFAULT_SCHEMA} TO ${role};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${DEFAULT_SCHEMA} TO ${role};
    GRANT USAGE, SELECT, UPDATE ON ALL SEQUENCES IN SCHEMA ${DEFAULT_SCHEMA} TO ${role};
    GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA ${DEFAULT_SCHEMA} TO ${role};
  `);
}
