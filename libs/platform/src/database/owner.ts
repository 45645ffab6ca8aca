import { Client } from 'pg';
import type { DatabaseAccess } from './roles';

/** Work as the owner of the tables, on a connection of its own: partitions and other DDL. */
export async function asOwner<T>(config: DatabaseAccess, work: (owner: Client) => Promise<T>): Promise<T> {
  const owner = new Client({
    connectionString: config.database.url,
    application_name: 'maestrohub-owner',
    connectionTimeoutMillis: 10_000,
  });
  // A connection that is lost rejects its query, too; as an event that nobody hears it would end the process.
  owner.on('error', () => undefined);
  await owner.connect();
  try {
    return await work(owner);
  } finally {
    await owner.end();
  }
}
