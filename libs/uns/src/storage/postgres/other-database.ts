import {
  asOwner,
  Database,
  migrate,
  serviceDataSource,
  type DatabaseAccess,
  type DatabaseSchema,
} from '#platform/database';
import { ensurePartitions } from '../../history/partitions';
import { Records1700000003100 } from '../../migrations/1700000003100-records';
import type { Storage } from '../storage-state';

export type OtherStorage = Exclude<Storage, { kind: 'main' }>;

/** What another database has of ours. */
const SCHEMA: DatabaseSchema = { entities: [], migrations: [Records1700000003100] };

const APP_POOL = 8;
const SYSTEM_POOL = 2;

export const accessOf = ({ url }: OtherStorage, { secretKey }: DatabaseAccess): DatabaseAccess => ({
  database: { url },
  secretKey,
});

/**
 * Brings the other database up to date: tables, roles, the partitions around today. It is ours from then on.
 * @param installation whose records it is for.
 * @throws Error in plain words when it is another installation's, or cannot be had.
 */
export async function prepareOtherDatabase(
  storage: OtherStorage,
  main: DatabaseAccess,
  installation: string,
): Promise<void> {
  const access = accessOf(storage, main);
  await asOwner(access, async (owner) => {
    const { rows } = await owner.query<{ main: boolean }>(`SELECT to_regclass('uns_topics') IS NOT NULL AS main`);
    if (rows[0]!.main) throw new Error('It is the main database of an installation');
  });
  await migrate(access, SCHEMA, [ensurePartitions]);
  await asOwner(access, async (owner) => {
    await owner.query('INSERT INTO uns_owner SELECT $1 WHERE NOT EXISTS (SELECT FROM uns_owner)', [installation]);
    const { rowCount } = await owner.query('SELECT FROM uns_owner WHERE installation = $1', [installation]);
    if (rowCount !== 1) throw new Error('It holds the records of another installation');
  });
}

export async function openOtherDatabase(storage: OtherStorage, main: DatabaseAccess): Promise<Database> {
  const access = accessOf(storage, main);
  const app = serviceDataSource(access, SCHEMA, 'app', APP_POOL);
  const system = serviceDataSource(access, SCHEMA, 'system', SYSTEM_POOL);
  await Promise.all([app.initialize(), system.initialize()]);
  return new Database(app, system);
}
