import 'reflect-metadata';
import { purgeHistory, type HistoryPurge } from '#executions';
import type { Config } from '#platform/config';
import { Database, serviceDataSource } from '#platform/database';
import { databaseSchema } from '../../../ormconfig';

/** Removes old history, by the database alone, and tells how it goes. */
export async function runPurge(config: Config, purge: HistoryPurge): Promise<void> {
  const say = (line: string): void => void process.stdout.write(`${line}\n`);
  const app = serviceDataSource(config, databaseSchema, 'app', 1);
  const system = serviceDataSource(config, databaseSchema, 'system', 1);
  await Promise.all([app.initialize(), system.initialize()]);
  const database = new Database(app, system);
  try {
    const total = await purgeHistory(config, database, purge, say);
    const what = `${total} executions from before ${purge.olderThan.toISOString()}`;
    say(purge.dryRun ? `would remove ${what}` : `done: removed ${what}, beside those of dropped days`);
  } finally {
    await database.close();
  }
}
