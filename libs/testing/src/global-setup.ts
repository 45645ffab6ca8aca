import { startPostgres, type PostgresServer } from './postgres-server';

/** Set up and torn down in the same process, yet in modules of their own. */
export const shared = globalThis as { maestrohubTestServer?: PostgresServer };

/** Jest's, before the first e2e file: one PostgreSQL for the whole run. */
export default async function setUp(): Promise<void> {
  shared.maestrohubTestServer = await startPostgres();
  process.env['HUB_TEST_POSTGRES'] = shared.maestrohubTestServer.url;
}
