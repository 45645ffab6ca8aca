import { resolve } from 'node:path';
import { Config, readSettings, type Environment } from '#platform/config';
import { openDataDirectory } from '../../../standalone/src/data-directory';
import { startEmbeddedPostgres } from '../../../standalone/src/postgres/embedded-postgres';
import { keptSecretKey } from '../../../standalone/src/secret-key';

/**
 * Work on the instance's database, without anything of the platform running: on `DATABASE_URL`, or on the embedded one of
 * `HUB_DATA_DIR`, which is started for it.
 */
export async function withConfig<T>(environment: Environment, work: (config: Config) => Promise<T>): Promise<T> {
  const settings = readSettings(environment);
  if (settings.DATABASE_URL) return work(Config.from(environment));
  const dataDir = openDataDirectory(resolve(settings.HUB_DATA_DIR));
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
