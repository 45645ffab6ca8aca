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
import type { OtherStorage } from '../storage-state';
import { toHypertable } from './hypertable';

/** What another database has of ours. */
const SCHEMA: DatabaseSchema = { entities: [], migrations: [Records1700000003100] };

const APP_POOL = 8;
const SYSTEM_POOL = 2;

export function accessOf({ url, username, password }: OtherStorage, { secretKey }: DatabaseAccess): DatabaseAccess {
  const address = new URL(url);
  if (username !== undefined) address.username = encodeURIComponent(username);
  if (password !== undefined) address.password = encodeURIComponent(password);
  return { database: { url: address.href }, secretKey };
}

/**
 * Brings the other database up to date: tables, roles, the partitions around today. It is ours from then on.
 * @param installation whose records it is for.
 */
export async function prepareOtherDatabase(
  storage: OtherStorage,
  main: DatabaseAccess,
  installation: string,
): Promise<void> {
  const access = accessOf(storage, main);
  await migrate(access, SCHEMA, [storage.kind === 'timescale' ? toHypertable : ensurePartitions]);
  await asOwner(access, async (owner) => {
    await owner.query('INSERT INTO uns_owner SELECT $1 WHERE NOT EXISTS (SELECT FROM uns_owner)', [installation]);
  });
}

export async function openOtherDatabase(storage: OtherStorage, main: DatabaseAccess): Promise<Database> {
  const access = accessOf(storage, main);
  const app = serviceDataSource(access, SCHEMA, 'app', APP_POOL);
  const system = serviceDataSource(access, SCHEMA, 'system', SYSTEM_POOL);
  await Promise.all([app.initialize(), system.initialize()]);
  return new Database(app, system);
}
