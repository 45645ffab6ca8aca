import { resolve } from 'node:path';
import { Config, readSettings, type Environment } from '#platform/config';
import { openDataDirectory } from '../../../standalone/src/data-directory';
import { readState } from '../../../standalone/src/postgres/cluster';
import { startEmbeddedPostgres } from '../../../standalone/src/postgres/embedded-postgres';
import { keptSecretKey } from '../../../standalone/src/secret-key';
import { CliError } from '../cli-error';

/**
 * Work on the instance's database, without anything of the platform running: on `DATABASE_URL`, or on the embedded one of
 * `HUB_DATA_DIR`, which is started for it. @throws CliError where there is none: a wrong name must not make one.
 */
export async function withConfig<T>(environment: Environment, work: (config: Config) => Promise<T>): Promise<T> {
  const settings = readSettings(environment);
  if (settings.DATABASE_URL) return work(Config.from(environment));
  const directory = resolve(settings.HUB_DATA_DIR);
  if (!readState(directory)) {
    throw new CliError(
      `there is no database in ${directory}: npm start makes it, HUB_DATA_DIR or DATABASE_URL name another`,
    );
  }
  const dataDir = openDataDirectory(directory);
  try {
    const postgres = await startEmbeddedPostgres(dataDir.path, new AbortController().signal);
    try {
      return await work(
        Config.from({
          ...environment,
          DATABASE_URL: postgres.url,
          HUB_SECRET_KEY: settings.HUB_SECRET_KEY ?? keptSecretKey(dataDir.path),
          HUB_DATA_DIR: dataDir.path,
        }),
      );
    } finally {
      await postgres.stop();
    }
  } finally {
    dataDir.release();
  }
}
