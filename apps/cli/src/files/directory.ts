import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CliError } from '../cli-error';
import { keyOf, readable, type Bundle, type BundleItem } from './bundle';
import { freePlace } from './file-names';

/*
 * A directory for Git: `maestrohub.json` says what it is, each entity has a file by type and name, and `.base.json` what
 * each of them was when it was last exported or applied, by which a plan knows who changed it since.
 */

const MANIFEST = 'maestrohub.json';
const BASE = '.base.json';
/** Bytes. */
const LARGEST_FILE = 8 * 1024 * 1024;

interface Base {
  /** Hashes by `type:name`. */
  hashes: Record<string, string>;
  /** Files that an export wrote: what of them is no more when it writes again goes. */
  files: string[];
}

export interface Written {
  written: number;
  same: number;
  removed: number;
}

export const isDirectory = (path: string): Promise<boolean> =>
  stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );

/** @throws CliError for a directory that holds something else. */
export async function writeDirectory(directory: string, { items, ...manifest }: Bundle): Promise<Written> {
  const before = await readBase(directory);
  if (!before && (await isDirectory(directory)) && (await readdir(directory)).some((name) => !name.startsWith('.'))) {
    throw new CliError(`${directory} is neither empty nor a directory of MaestroHub: name another one`);
  }
  const result = { written: 0, same: 0, removed: 0 };
  const taken = new Set<string>();
  const files: string[] = [];
  const put = async (file: string, text: string): Promise<void> => {
    const changed = await writeChanged(join(directory, file), text);
    result[changed ? 'written' : 'same'] += 1;
  };
  await put(MANIFEST, readable(manifest));
  for (const item of items) {
    const file = freePlace(item, taken);
    taken.add(file.toLowerCase());
    files.push(file);
    await put(file, readable({ name: item.name, content: item.content }));
  }
  for (const file of before?.files ?? []) {
    if (taken.has(file.toLowerCase())) continue;
    await rm(join(directory, file), { force: true });
    result.removed += 1;
  }
  const hashes = Object.fromEntries(items.map((item) => [keyOf(item), item.hash!]));
  await writeChanged(join(directory, BASE), readable({ hashes, files } satisfies Base));
  return result;
}

/** @throws CliError that names the file at fault. */
export async function readDirectory(directory: string): Promise<Bundle> {
  const manifest = await readJson(directory, MANIFEST);
  const base = await readBase(directory);
  const items: BundleItem[] = [];
  for (const folder of await folders(directory)) {
    for (const file of await jsonFiles(directory, folder))
      items.push(itemOf(file, await readJson(directory, file), base));
  }
  return { ...(manifest as Omit<Bundle, 'items'>), items };
}

/** Remembers that these contents have been applied. */
export async function rememberApplied(directory: string, hashes: Readonly<Record<string, string>>): Promise<void> {
  const base = (await readBase(directory)) ?? { hashes: {}, files: [] };
  await writeChanged(join(directory, BASE), readable({ ...base, hashes: { ...base.hashes, ...hashes } }));
}

function itemOf(file: string, value: unknown, base: Base | undefined): BundleItem {
  const { name, content, ...others } = (value ?? {}) as Partial<BundleItem>;
  if (typeof name !== 'string' || typeof content !== 'object' || Object.keys(others).length > 0) {
    throw new CliError(`${file} is no entity: it must have a name and a content, and nothing else`);
  }
  const type = file.slice(0, file.indexOf('/')).replace(/s$/, '');
  const hash = base?.hashes[keyOf({ type, name })];
  return { type, name, content, ...(hash !== undefined && { base: hash }) };
}

async function readBase(directory: string): Promise<Base | undefined> {
  const found = await readFile(join(directory, BASE), 'utf8').catch(() => undefined);
  return found === undefined ? undefined : (parse(BASE, found) as Base);
}

const folders = async (directory: string): Promise<string[]> =>
  (await readdir(directory, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== 'node_modules')
    .map(({ name }) => name)
    .sort();

async function jsonFiles(directory: string, folder: string): Promise<string[]> {
  const found = await readdir(join(directory, folder), { withFileTypes: true, recursive: true });
  return found
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json'))
    .map((entry) =>
      join(entry.parentPath, entry.name).slice(directory.length).replaceAll('\\', '/').replace(/^\/+/, ''),
    )
    .sort();
}

async function readJson(directory: string, file: string): Promise<unknown> {
  const path = join(directory, file);
  const found = await stat(path).catch(() => undefined);
  if (!found) throw new CliError(`${path} is missing: maestrohub export ${directory} makes such a directory`);
  if (found.size > LARGEST_FILE) throw new CliError(`${path} is larger than 8 MiB`);
  return parse(file, await readFile(path, 'utf8'));
}

function parse(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CliError(`${file} is no JSON: ${(error as Error).message}`);
  }
}

/** Whether it had to be written: files that say the same keep their times. */
async function writeChanged(path: string, text: string): Promise<boolean> {
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return false;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return true;
}
