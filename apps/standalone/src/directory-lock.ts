import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { plainReason, StartError } from './start-error';

const SQLITE_BUSY = 5;

/**
 * Takes a directory for this process until `release` or its end. The lock is the operating system's own record lock,
 * which SQLite takes for us (Node itself offers none): it goes with its process, also after `kill -9`, so it is never
 * stale and no process id has to be trusted.
 * @throws StartError when another process has it, or when it cannot be written.
 */
export function lockDirectory(directory: string): { release(): void } {
  const holderFile = join(directory, 'hub.pid');
  let lock: DatabaseSync | undefined;
  try {
    lock = new DatabaseSync(join(directory, 'hub.lock'), { timeout: 0 });
    // No journal: the lock file stays empty, so that a full disk does not matter.
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE');
  } catch (error) {
    lock?.close();
    if ((error as { errcode?: number }).errcode !== SQLITE_BUSY) {
      throw new StartError(`${directory} cannot be used: ${plainReason(error)}`);
    }
    throw new StartError(
      `${directory} is in use by another MaestroHub${holder(holderFile)}: stop that one, or set HUB_DATA_DIR to another directory`,
    );
  }
  try {
    writeFileSync(holderFile, `${process.pid}\n`);
  } catch {
    // It only helps to name the holder.
  }
  return { release: () => lock.close() };
}

function holder(file: string): string {
  try {
    return ` (process ${readFileSync(file, 'utf8').trim()})`;
  } catch {
    return '';
  }
}
