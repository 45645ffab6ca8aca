import 'reflect-metadata';
import type { Environment } from '#platform/config';
import { migrateHub } from '../../../shared/src/start-hub';
import { withConfig } from './with-config';

/** Every process does it at its start; this is for those who want it done before. */
export const migrate = (environment: Environment): Promise<string> =>
  withConfig(environment, async (config) => {
    await migrateHub(config);
    return 'the database is up to date';
  });
