import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { eventually, freePort } from '#testing';
import { accountFor } from '../../../apps/standalone/src/postgres/account';

const BINARIES = '/usr/lib/postgresql/15/bin';

/** The oldest PostgreSQL that the platform runs on, where Debian's package of it is installed. */
export const hasDebianPostgres = existsSync(join(BINARIES, 'postgres'));

export interface DebianPostgres {
  /** Address of a role that may create databases and roles, and is no superuser. */
  url: string;
  stop: () => Promise<void>;
}

/** Starts an empty one on a free port. */
export async function startDebianPostgres(): Promise<DebianPostgres> {
  const home = mkdtempSync(join(tmpdir(), 'maestrohub-debian-postgres-'));
  const [cluster, passwordFile] = [join(home, 'cluster'), join(home, 'password')];
  const account = accountFor(cluster);
  const as = { uid: account?.uid, gid: account?.gid, cwd: '/' };
  mkdirSync(cluster);
  writeFileSync(passwordFile, 'secret');
  if (account) for (const path of [home, cluster, passwordFile]) chownSync(path, account.uid, account.gid);
  const initdb = ['--username=postgres', '--auth=scram-sha-256', '--encoding=UTF8', '--locale=C.UTF-8', '--no-sync'];
  execFileSync(join(BINARIES, 'initdb'), [`--pgdata=${cluster}`, `--pwfile=${passwordFile}`, ...initdb], {
    ...as,
    stdio: 'pipe',
  });

  const port = await freePort();
  const options = ['fsync=off', 'unix_socket_directories=', 'listen_addresses=127.0.0.1', 'log_min_messages=panic'];
  const server = spawn(
    join(BINARIES, 'postgres'),
    ['-D', cluster, '-p', String(port), ...options.flatMap((option) => ['-c', option])],
    { ...as, stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const stop = async (): Promise<void> => {
    await ended(server);
    rmSync(home, { recursive: true, force: true });
  };
  try {
    await eventually(() => prepare(`postgres://postgres:secret@127.0.0.1:${port}/postgres`), { timeout: 20_000 });
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `postgres://hub:secret@127.0.0.1:${port}/hub`, stop };
}

/** A database of an owner as a user would make one. */
async function prepare(superuser: string): Promise<boolean> {
  const client = new Client({ connectionString: superuser });
  try {
    await client.connect();
    await client.query(`CREATE ROLE hub LOGIN CREATEROLE PASSWORD 'secret'`);
    await client.query('CREATE DATABASE hub OWNER hub');
    return true;
  } finally {
    await client.end();
  }
}

async function ended(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null) return;
  const gone = new Promise((resolve) => server.once('exit', resolve));
  server.kill('SIGQUIT');
  await gone;
}
