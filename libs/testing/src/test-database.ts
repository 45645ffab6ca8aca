import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { eventuallyPasses } from './eventually';

export interface TestDatabase {
  /** Address of its owner: a role that may create roles and is no superuser, as the product's own is. */
  url: string;
  drop: () => Promise<void>;
}

/** An empty database on the run's server, or on that of a superuser's address. */
export async function createTestDatabase(server = serverUrl()): Promise<TestDatabase> {
  const name = `t_${randomBytes(6).toString('hex')}`;
  await asSuperuser(server, async (client) => {
    await client.query(`CREATE ROLE ${name} LOGIN CREATEROLE PASSWORD '${name}'`);
    await client.query(`CREATE DATABASE ${name} OWNER ${name}`);
  });
  const url = new URL(server);
  Object.assign(url, { username: name, password: name, pathname: `/${name}` });
  // PostgreSQL gives those it throws out five seconds to go.
  const drop = (): Promise<void> =>
    eventuallyPasses(() =>
      asSuperuser(server, async (client) => {
        await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
      }),
    );
  return { url: url.href, drop };
}

function serverUrl(): string {
  const url = process.env['HUB_TEST_POSTGRES'];
  if (url === undefined) throw new Error('no test server: files that need a database are test/**/*.e2e-spec.ts');
  return url;
}

async function asSuperuser(server: string, work: (client: Client) => Promise<void>): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
