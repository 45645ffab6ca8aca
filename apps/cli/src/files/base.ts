import { join } from 'node:path';
import { CliError } from '../cli-error';
import { jsonOf, parseJson, readText, writeChanged } from './text-file';

export const BASE = '.base.json';

/** What each entity of a directory was when it was last exported or applied, by which a plan knows who changed it since. */
export interface Base {
  /** Hashes by `type:name`. */
  hashes: Record<string, string>;
  /** Files that an export wrote: what of them is no more when it writes again goes. */
  files: string[];
}

/** Nothing where the directory has none. @throws CliError for one that was damaged. */
export async function readBase(directory: string): Promise<Base | undefined> {
  const path = join(directory, BASE);
  const text = await readText(path);
  if (text === undefined) return undefined;
  const { hashes, files } = (parseJson(path, text) ?? {}) as Partial<Record<keyof Base, unknown>>;
  if (!isObject(hashes) || !Object.values(hashes).every(isText) || !Array.isArray(files) || !files.every(isText)) {
    throw new CliError(
      `${path} is not as an export writes it: take it from an earlier commit, or remove it; without it, all that differs ` +
        `is a conflict`,
    );
  }
  return { hashes: hashes as Base['hashes'], files };
}

export const writeBase = (directory: string, base: Base): Promise<boolean> =>
  writeChanged(join(directory, BASE), jsonOf(base));

/** Remembers that these contents have been applied. */
export async function rememberApplied(directory: string, hashes: Readonly<Base['hashes']>): Promise<void> {
  const base = (await readBase(directory)) ?? { hashes: {}, files: [] };
  await writeBase(directory, { ...base, hashes: { ...base.hashes, ...hashes } });
}

const isText = (value: unknown): value is string => typeof value === 'string';

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
