import { chmodSync, existsSync, mkdirSync, realpathSync, rmSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { lockDirectory } from './directory-lock';
import { writePrivateFile } from './private-file';
import { plainReason, StartError } from './start-error';

/** The directory everything of this instance is kept in, taken for this process alone. */
export interface DataDirectory {
  /** Absolute, without symbolic links. */
  path: string;
  release(): void;
}

/** @throws StartError naming the directory when it cannot be made or written, is full, or is in use. */
export function openDataDirectory(path: string): DataDirectory {
  try {
    makeDirectory(path);
    const real = realpathSync(path);
    // Tells a read-only or full file system before anything is changed.
    const probe = join(real, `.probe-${process.pid}`);
    try {
      writePrivateFile(probe, 'x'.repeat(4096));
    } finally {
      rmSync(probe, { force: true });
      rmSync(`${probe}.new`, { force: true });
    }
    return { path: real, ...lockDirectory(real) };
  } catch (error) {
    if (error instanceof StartError) throw error;
    throw new StartError(`HUB_DATA_DIR: ${path} cannot be used: ${plainReason(error)}`);
  }
}

/** Level by level: Node's own recursive way does not come back from a place like /proc. */
function makeDirectory(path: string): void {
  if (existsSync(path)) {
    if (!statSync(path).isDirectory())
      throw new StartError(`HUB_DATA_DIR: ${path} cannot be used: it is not a directory`);
    return;
  }
  makeDirectory(dirname(path));
  mkdirSync(path);
  // What is secret in it is 0600. As root the account of PostgreSQL has to pass through to its own directory.
  chmodSync(path, process.getuid?.() === 0 ? 0o711 : 0o700);
}

const MEBIBYTE = 1024 * 1024;

/** @throws StartError when the file system of a directory has less room for ordinary users than that. */
export function requireSpace(directory: string, mebibytes: number): void {
  const { bavail, bsize } = statfsSync(directory);
  const free = Math.floor((bavail * bsize) / MEBIBYTE);
  if (free < mebibytes) throw fullDisk(directory, `${free} MiB left, at least ${mebibytes} MiB are needed`);
}

export const fullDisk = (directory: string, detail: string): StartError =>
  new StartError(`${directory} is full (${detail}): make room or set HUB_DATA_DIR`);
