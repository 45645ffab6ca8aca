import type { Client } from 'pg';
import { ownerDataSource } from './data-source';
import { asOwner } from './owner';
import { ensureRoles, type DatabaseAccess } from './roles';
import type { DatabaseSchema } from './schema';

/** One number for every process that migrates the same database. */
const MIGRATION_LOCK = 7_243_001;

const OLDEST_SERVER = 15;

/** Work on the owner's connection after the tables stand, under the same lock (the queue's own tables, say). */
export type OwnerStep = (owner: Client) => Promise<void>;

/**
 * Brings the database up to date: roles, tables, then the given steps. Safe to call from every process at once;
 * an advisory lock lets one work and the others wait.
 */
export async function migrate(config: DatabaseAccess, schema: DatabaseSchema, steps: OwnerStep[] = []): Promise<void> {
  await asOwner(config, async (owner) => {
    await requireServer(owner);
    // Held until the session ends.
    await owner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    await ensureRoles(owner, config.secretKey);
    const source = await ownerDataSource(config.database.url, schema).initialize();
    try {
      await source.runMigrations();
    } finally {
      await source.destroy();
    }
    for (const step of steps) await step(owner);
  });
}

async function requireServer(owner: Client): Promise<void> {
  const { rows } = await owner.query<{ version: string; encoding: string; may: boolean }>(`
    SELECT current_setting('server_version_num') AS version, current_setting('server_encoding') AS encoding,
           rolsuper OR rolcreaterole AS may
    FROM pg_roles WHERE rolname = current_user`);
  const { version, encoding, may } = rows[0]!;
  if (Number(version) < OLDEST_SERVER * 10_000)
    throw new Error(`DATABASE_URL: PostgreSQL ≥ ${OLDEST_SERVER} is needed`);
  if (encoding !== 'UTF8') throw new Error(`DATABASE_URL: the database must be UTF8, it is ${encoding}`);
  if (!may)
    throw new Error('DATABASE_URL: its role may not create roles; run ALTER ROLE <role> CREATEROLE as superuser');
}
