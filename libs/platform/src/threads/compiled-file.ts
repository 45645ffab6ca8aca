import { join, relative } from 'node:path';

const ROOT = join(__dirname, '../../../..');

/**
 * The compiled file of that name beside the caller, given its `__dirname`: Node itself loads what runs in threads, also
 * when everything else runs from the sources, as in tests.
 */
export const compiledFile = (folder: string, name: string): string =>
  __filename.endsWith('.ts') ? join(ROOT, 'dist', relative(ROOT, folder), name) : join(folder, name);
