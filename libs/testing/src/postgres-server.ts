import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { accountFor } from '../../../apps/standalone/src/postgres/account';
import { usableBinaries } from '../../../apps/standalone/src/postgres/binaries';
import { INITDB_ARGUMENTS } from '../../../apps/standalone/src/postgres/settings';
import { eventually } from './eventually';
import { freePort } from './free-port';
import { killAll, stopProcess } from './processes';

/*
 * A throw-away PostgreSQL for one test run, from the binaries of the product's embedded one. Nothing is forced to
 * disk: a crash of the machine may cost it its data, and nobody minds.
 */

const PREFIX = 'maestrohub-test-';
/** A second where the machine has nothing else to do. */
const STARTED = { timeout: 60_000 };

/** A commit is handed to the system, which outlives the server: what dies with `kill -9` has kept its promises. */
const OUTLIVES_ITSELF = ['synchronous_commit=on', 'full_page_writes=on'];

const THROW_AWAY = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  // Each test file has the pools of an application of its own.
  'max_connections=400',
  'unix_socket_directories=',
  'listen_addresses=127.0.0.1',
  'log_min_messages=panic',
];

export interface PostgresServer {
  /** Address of a superuser's connection to the database `postgres`. */
  url: string;
  /** SIGKILL to all its processes. */
  kill: () => Promise<void>;
  /** On the same data and the same port again. */
  restart: () => Promise<void>;
  stop: () => Promise<void>;
}

/** Starts the server and resolves when it takes connections. Where it is to be killed, what is committed survives. */
export async function startPostgres({ toBeKilled = false } = {}): Promise<PostgresServer> {
  removeLeftovers();
  const home = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  const cluster = join(home, 'cluster');
  const passwordFile = join(home, 'password');
  const password = randomBytes(16).toString('hex');
  const account = accountFor(cluster);
  const { initdb, postgres } = usableBinaries(account);
  const as = { uid: account?.uid, gid: account?.gid, cwd: '/' };

  mkdirSync(cluster);
  writeFileSync(passwordFile, password);
  if (account) for (const path of [home, cluster, passwordFile]) chownSync(path, account.uid, account.gid);
  const files = [`--pgdata=${cluster}`, `--pwfile=${passwordFile}`, '--no-sync'];
  execFileSync(initdb, [...files, ...INITDB_ARGUMENTS], { ...as, stdio: 'pipe' });

  const port = await freePort();
  const options = [...THROW_AWAY, ...(toBeKilled ? OUTLIVES_ITSELF : [])].flatMap((option) => ['-c', option]);
  const user = INITDB_ARGUMENTS.find((argument) => argument.startsWith('--username='))?.split('=')[1] ?? 'postgres';
  const url = `postgres://${user}:${password}@127.0.0.1:${port}/postgres`;
  const start = (): ChildProcess => {
    const started = spawn(postgres, ['-D', cluster, '-p', String(port), ...options], {
      ...as,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    started.unref();
    return started;
  };
  let server = start();
  const ready = (): Promise<unknown> => eventually(() => answers(url, server), STARTED);
  const kill = async (): Promise<void> => {
    const killed = killAll(server.pid!);
    await eventually(() => killed.every((pid) => commandLine(pid) === ''));
  };
  // While it was away, a connection to somewhere else may have taken its port for a moment.
  const restart = async (): Promise<void> => {
    server = start();
    await eventually(
      () => {
        if (server.exitCode !== null) server = start();
        return answers(url, server);
      },
      { ...STARTED, interval: 200 },
    );
  };
  const stop = async (): Promise<void> => {
    await stopProcess(server, 'SIGQUIT');
    rmSync(home, { recursive: true, force: true });
  };
  try {
    await ready();
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, kill, restart, stop };
}

async function answers(url: string, server: ChildProcess): Promise<boolean> {
  if (server.exitCode !== null) throw new Error(`PostgreSQL ended with code ${server.exitCode} while starting`);
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } finally {
    await client.end();
  }
}

/** What runs that were killed have left: their server is ended and their directory removed. */
function removeLeftovers(): void {
  for (const name of readdirSync(tmpdir())) {
    const runner = name.startsWith(PREFIX) ? Number(name.slice(PREFIX.length).split('-')[0]) : undefined;
    if (runner === undefined || isAlive(runner)) continue;
    const home = join(tmpdir(), name);
    const pidFile = join(home, 'cluster/postmaster.pid');
    const pid = existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8').split('\n')[0]) : undefined;
    if (pid !== undefined && commandLine(pid).includes(home)) quit(pid);
    // It may be writing yet.
    rmSync(home, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
  }
}

function quit(pid: number): void {
  try {
    process.kill(pid, 'SIGQUIT');
  } catch {
    // It has ended by itself.
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Empty where the process is gone, or the system has no /proc. */
function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
