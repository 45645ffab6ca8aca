import { resolve } from 'node:path';
import { Config, readSettings } from '#platform/config';
import { readPurge, USAGE } from '../../shared/src/purge-options';
import { runPurge } from '../../shared/src/run-purge';
import { openDataDirectory } from './data-directory';
import { startEmbeddedPostgres } from './postgres/embedded-postgres';
import { keptSecretKey } from './secret-key';

/* `npm start -- purge`: the same as the worker's, with the database of the data directory, which is started for it. */

// Whatever is written to the data directory is for this user alone.
process.umask(0o077);

async function main(): Promise<void> {
  const purge = readPurge(process.argv.slice(2), Date.now());
  if (!purge) return void process.stdout.write(USAGE);
  const settings = readSettings(process.env);
  const dataDir = openDataDirectory(resolve(settings.HUB_DATA_DIR));
  const postgres = settings.DATABASE_URL
    ? undefined
    : await startEmbeddedPostgres(dataDir.path, new AbortController().signal);
  try {
    const config = Config.from({
      ...process.env,
      DATABASE_URL: settings.DATABASE_URL ?? postgres?.url,
      HUB_SECRET_KEY: settings.HUB_SECRET_KEY ?? keptSecretKey(dataDir.path),
      HUB_DATA_DIR: dataDir.path,
    });
    await runPurge(config, purge);
  } finally {
    await postgres?.stop();
    dataDir.release();
  }
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
