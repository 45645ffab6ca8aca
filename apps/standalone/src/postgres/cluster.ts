import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { requireSpace } from '../data-directory';
import { writePrivateFile } from '../private-file';
import { plainReason, StartError } from '../start-error';
import type { Account } from './account';
import { SYSTEM_HOME, type Binaries } from './binaries';
import { reaches } from './reach';
import { INITDB_ARGUMENTS } from './settings';

export const MAJOR_VERSION = '18';

const MEBIBYTES_TO_BEGIN = 192;
const MEBIBYTES_TO_START = 48;

/** What is kept about the database beside it, readable for its owner alone. */
export interface ClusterState {
  /** The directory the cluster lies in; absent when that is the data directory itself. */
  home?: string;
  port?: number;
  superuserPassword: string;
  ownerPassword: string;
}

const stateFile = (dataDir: string): string => join(dataDir, 'postgres.json');

/** @throws StartError when the file is damaged. */
export function readState(dataDir: string): ClusterState | undefined {
  const file = stateFile(dataDir);
  if (!existsSync(file)) return undefined;
  try {
    const state = JSON.parse(readFileSync(file, 'utf8')) as Partial<ClusterState>;
    if (state.superuserPassword && state.ownerPassword) return state as ClusterState;
  } catch {
    // Said below.
  }
  throw new StartError(`${file} is damaged: it holds the database's passwords, restore it from a backup`);
}

export const writeState = (dataDir: string, state: ClusterState): void =>
  writePrivateFile(stateFile(dataDir), `${JSON.stringify(state, null, 2)}\n`);

export const clusterIn = (home: string): string => join(home, 'postgres');

/** Where the cluster is or will be. The choice is made once and kept, whatever becomes of the modes of directories. */
export function homeOf(dataDir: string, state: ClusterState | undefined): string {
  return state?.home ?? dataDir;
}

/**
 * Makes the cluster unless it is there: in the data directory, or under SYSTEM_HOME when the account cannot reach
 * that. An initdb that was cut short leaves nothing behind: the directory gets its name when it is complete.
 * @throws StartError
 */
export async function ensureCluster(dataDir: string, binaries: Binaries, account: Account | undefined) {
  const known = readState(dataDir);
  if (!known && existsSync(clusterIn(dataDir))) {
    throw new StartError(
      `${stateFile(dataDir)} is missing: it holds the database's passwords, restore it from a backup`,
    );
  }
  const state = known ?? newState(dataDir, account);
  const home = homeOf(dataDir, state);
  const cluster = clusterIn(home);
  if (!existsSync(cluster)) {
    requireSpace(home, MEBIBYTES_TO_BEGIN);
    await initialize(cluster, state.superuserPassword, binaries, account);
  }
  requireSpace(home, MEBIBYTES_TO_START);
  requireVersion(cluster);
  return { state, home, cluster };
}

function newState(dataDir: string, account: Account | undefined): ClusterState {
  const state: ClusterState = {
    superuserPassword: randomBytes(24).toString('hex'),
    ownerPassword: randomBytes(24).toString('hex'),
  };
  if (account && !reaches(account, dataDir)) state.home = systemHome(dataDir);
  // Before the cluster exists: passwords are never lost by an end at the wrong moment.
  writeState(dataDir, state);
  return state;
}

/** A directory of its own for each data directory, named after it; a new one where an old one was left behind. */
function systemHome(dataDir: string): string {
  const name = createHash('sha256').update(dataDir).digest('hex').slice(0, 12);
  const home = join(SYSTEM_HOME, `${name}-${randomBytes(3).toString('hex')}`);
  try {
    mkdirSync(home, { recursive: true });
    chmodSync(SYSTEM_HOME, 0o755);
    chmodSync(home, 0o711);
    writeFileSync(join(home, 'README'), `The database of ${dataDir}\n`);
    return home;
  } catch (error) {
    throw new StartError(
      `PostgreSQL's account cannot reach ${dataDir}, and ${SYSTEM_HOME} cannot be written: ${plainReason(error)}; set HUB_DATA_DIR`,
    );
  }
}

async function initialize(cluster: string, password: string, binaries: Binaries, account: Account | undefined) {
  const draft = `${cluster}.new`;
  const passwordFile = `${cluster}.password`;
  rmSync(draft, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  try {
    mkdirSync(draft, { mode: 0o700 });
    writeFileSync(passwordFile, `${password}\n`, { flag: 'wx', mode: 0o600 });
    if (account) for (const path of [draft, passwordFile]) chownSync(path, account.uid, account.gid);
    await initdb(binaries.initdb, [`--pgdata=${draft}`, `--pwfile=${passwordFile}`, ...INITDB_ARGUMENTS], account);
    renameSync(draft, cluster);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (error instanceof StartError) throw error;
    throw new StartError(`${cluster} cannot be made: ${plainReason(error)}`);
  } finally {
    rmSync(passwordFile, { force: true });
  }
}

async function initdb(program: string, args: string[], account: Account | undefined): Promise<void> {
  // Detached: a Ctrl-C in the terminal must reach us alone. The working directory may be one the account cannot read.
  const child = spawn(program, args, {
    uid: account?.uid,
    gid: account?.gid,
    cwd: '/',
    env: { LC_ALL: 'C', TZ: 'UTC' },
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  });
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'exit') as Promise<[number | null]>]);
  if (code === 0) return;
  const problem = said.split('\n').find((line) => /error|FATAL|PANIC/.test(line)) ?? said.trim().split('\n').at(-1);
  throw new StartError(`The database cannot be made: ${problem || `initdb ended with ${code}`}`);
}

function requireVersion(cluster: string): void {
  const file = join(cluster, 'PG_VERSION');
  const version = existsSync(file) ? readFileSync(file, 'utf8').trim() : 'unknown';
  if (version === MAJOR_VERSION) return;
  throw new StartError(`${cluster} is of PostgreSQL ${version}, this is ${MAJOR_VERSION}: move the data with pg_dump`);
}
