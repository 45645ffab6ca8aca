import { statSync, type Stats } from 'node:fs';
import { dirname } from 'node:path';
import type { Account } from './account';

/** Whether an account may pass through a directory and all above it. */
export function reaches(account: Account, directory: string, stat: (path: string) => Stats = statSync): boolean {
  const { uid, gid, mode } = stat(directory);
  const execute = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
  if ((mode & execute) === 0) return false;
  const parent = dirname(directory);
  return parent === directory || reaches(account, parent, stat);
}
