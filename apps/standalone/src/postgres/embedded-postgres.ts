import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fullDisk } from '../data-directory';
import { lockDirectory } from '../directory-lock';
import { freeLoopbackPort } from '../ports';
import { StartError } from '../start-error';
import { accountFor } from './account';
import { usableBinaries } from './binaries';
import { clusterIn, ensureCluster, homeOf, readState, writeState } from './cluster';
import { stopLeftover } from './postmaster';
import { PostgresServer, ServerRefusal, type ServerOptions } from './server';

const DATABASE = 'maestrohub';

/** How long backends of a killed server may take to notice it. */
const ORPHANS_MS = 15_000;

export interface EmbeddedPostgres {
  /** Address as the owner of the database: no superuser, but it may create roles. */
  url: string;
  /** Resolves with the reason when the server ends, asked to or not. */
  ended: Promise<string>;
  stop(): Promise<void>;
  /** Asks the server to end, for a process that cannot wait for that. */
  stopUnattended(): void;
}

/**
 * Starts the database of a data directory, making it on the first start and cleaning up after a killed process.
 * @throws StartError, or the signal's reason once it is aborted.
 */
export async function startEmbeddedPostgres(dataDir: string, abort: AbortSignal): Promise<EmbeddedPostgres> {
  const account = accountFor(clusterIn(homeOf(dataDir, readState(dataDir))));
  const binaries = usableBinaries(account);
  const { state, home, cluster } = await ensureCluster(dataDir, binaries, account);
  // Another data directory may be a copy of this one and name the same cluster.
  const lock = home === dataDir ? undefined : lockDirectory(home);
  try {
    await stopLeftover(cluster);
    const server = await startOnFreePort({
      program: binaries.postgres,
      cluster,
      port: await freeLoopbackPort(state.port),
      superuserPassword: state.superuserPassword,
      account,
      logFile: join(dataDir, 'postgres.log'),
      abort,
    });
    try {
      if (server.port !== state.port) writeState(dataDir, { ...state, port: server.port });
      await ensureDatabase(server.server, state.ownerPassword);
    } catch (error) {
      await server.server.stop();
      throw error;
    }
    const { ended } = server.server;
    void ended.then(() => lock?.release());
    return {
      url: `postgres://${DATABASE}:${state.ownerPassword}@127.0.0.1:${server.port}/${DATABASE}`,
      ended,
      stop: () => server.server.stop(),
      stopUnattended: () => server.server.stopUnattended(),
    };
  } catch (error) {
    lock?.release();
    throw error;
  }
}

async function startOnFreePort(options: ServerOptions): Promise<{ server: PostgresServer; port: number }> {
  const deadline = performance.now() + ORPHANS_MS;
  let { port } = options;
  for (;;) {
    try {
      return { server: await PostgresServer.start({ ...options, port }), port };
    } catch (error) {
      if (!(error instanceof ServerRefusal) || performance.now() > deadline) throw error;
      if (/could not create any TCP\/IP sockets/.test(error.complaint)) {
        port = await freeLoopbackPort(undefined);
      } else if (/pre-existing shared memory block/.test(error.complaint)) {
        await wait(100);
      } else if (/No space left on device/.test(error.complaint)) {
        throw fullDisk(options.cluster, error.complaint);
      } else throw error;
    }
  }
}

async function ensureDatabase(server: PostgresServer, ownerPassword: string): Promise<void> {
  const client = await server.connect();
  try {
    const { rowCount: roles } = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [DATABASE]);
    // DDL takes no parameters; the password is hexadecimal.
    if (!roles) await client.query(`CREATE ROLE ${DATABASE} LOGIN CREATEROLE PASSWORD '${ownerPassword}'`);
    const { rowCount: databases } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (!databases) await client.query(`CREATE DATABASE ${DATABASE} OWNER ${DATABASE}`);
  } catch (error) {
    throw new StartError(`The database cannot be prepared: ${(error as Error).message}`);
  } finally {
    await client.end();
  }
}
