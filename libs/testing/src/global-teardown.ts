import { shared } from './global-setup';

/** Jest's, after the last e2e file. */
export default async function tearDown(): Promise<void> {
  await shared.maestrohubTestServer?.stop();
}
