import 'reflect-metadata';
import { purgeHistory } from '#executions';
import { Config } from '#platform/config';
import { Database, serviceDataSource } from '#platform/database';
import { databaseSchema } from '../../../ormconfig';
import { readPurge, USAGE } from './purge-options';

/* Removes old history from the command line, for the day on which nothing starts any more because the disk is full. */

const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<void> {
  const purge = readPurge(process.argv.slice(2), Date.now());
  if (!purge) return void process.stdout.write(USAGE);
  const config = Config.from(process.env);
  const [app, system] = [
    serviceDataSource(config, databaseSchema, 'app', 1),
    serviceDataSource(config, databaseSchema, 'system', 1),
  ];
  await Promise.all([app.initialize(), system.initialize()]);
  const database = new Database(app, system);
  try {
    const total = await purgeHistory(config, database, purge, say);
    const what = `${total} executions from before ${purge.olderThan.toISOString()}`;
    say(purge.dryRun ? `would remove ${what}` : `done: removed ${what}`);
  } finally {
    await database.close();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
