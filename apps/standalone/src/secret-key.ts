import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writePrivateFile } from './private-file';
import { StartError } from './start-error';

/**
 * The key for secrets at rest of this data directory, 64 hexadecimal digits; the first call makes it.
 * @throws StartError when the file is damaged: a new key would make every stored secret unreadable.
 */
export function keptSecretKey(dataDir: string): string {
  const file = join(dataDir, 'secret.key');
  if (!existsSync(file)) writePrivateFile(file, `${randomBytes(32).toString('hex')}\n`);
  const key = readFileSync(file, 'utf8').trim();
  if (!/^[0-9a-f]{64}$/.test(key)) {
    throw new StartError(`${file} is damaged: restore it from a backup, or give the key in HUB_SECRET_KEY`);
  }
  return key;
}
