import 'reflect-metadata';
import { purgeHistory, type HistoryPurge } from '#executions';
import type { Environment } from '#platform/config';
import { Database, serviceDataSource } from '#platform/database';
import { databaseSchema } from '../../../../ormconfig';
import { withConfig } from './with-config';

/** Removes old history, by the database alone: for the day on which nothing starts any more because the disk is full. */
export const purge = (environment: Environment, what: HistoryPurge): Promise<string> =>
  withConfig(environment, async (config) => {
    const say = (line: string): void => void process.stdout.write(`${line}\n`);
    const app = serviceDataSource(config, databaseSchema, 'app', 1);
    const system = serviceDataSource(config, databaseSchema, 'system', 1);
    await Promise.all([app.initialize(), system.initialize()]);
    const database = new Database(app, system);
    try {
      const total = await purgeHistory(config, database, what, say);
      const removed = `${total} executions from before ${what.olderThan.toISOString()}`;
      return what.dryRun ? `would remove ${removed}` : `done: removed ${removed}, beside those of dropped days`;
    } finally {
      await database.close();
    }
  });
