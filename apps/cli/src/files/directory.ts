import { lstat, readdir, rm, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { CliError } from '../cli-error';
import { BASE, readBase, writeBase } from './base';
import { keyOf, type Bundle, type BundleItem } from './bundle';
import { entityText, readEntity } from './entity-file';
import { foldedPlace, freePlace } from './file-names';
import { jsonOf, parseJson, readText, writeChanged } from './text-file';

/*
 * A directory for Git: `maestrohub.json` says what it is, each entity has a file by type and name, which people may write,
 * too, and `.base.json` holds what each of them was.
 */

const MANIFEST = 'maestrohub.json';
const ENTITY_FILE = /^[^.].*\.(?:yaml|yml|json)$/i;

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

/**
 * Writes what has changed; a file that says the same in other words, or with comments, stays. What an earlier export wrote,
 * and is in a whole bundle no more, goes; a part of an organization leaves the rest of the directory alone.
 * @throws CliError for a directory that holds something else.
 */
export async function writeDirectory(
  directory: string,
  { items, ...manifest }: Bundle,
  isWhole: boolean,
): Promise<Written> {
  const before = await readBase(directory);
  if (!before && (await isDirectory(directory)) && (await readdir(directory)).some((name) => !name.startsWith('.'))) {
    throw new CliError(`${directory} is neither empty nor a directory of MaestroHub: name another one`);
  }
  const places = placesOf(items);
  for (const file of [MANIFEST, BASE, ...places.keys()]) await requireNoLink(directory, file);
  const left = isWhole || !before ? { hashes: {}, files: [] } : before;
  // First: to some file systems `motor.yaml` is `Motor.yaml`.
  const removed = before ? await removeOthers(directory, places, isWhole ? before.files : []) : 0;
  const written = [await writeChanged(join(directory, MANIFEST), jsonOf(manifest))];
  for (const [file, item] of places) written.push(await writeEntity(directory, file, item));
  const hashes = Object.fromEntries(items.map((item) => [keyOf(item), item.hash!]));
  await writeBase(directory, {
    hashes: { ...left.hashes, ...hashes },
    files: [...new Set([...left.files, ...places.keys()])].sort(),
  });
  return { written: count(written, true), same: count(written, false), removed };
}

/** @throws CliError that names the file at fault. */
export async function readDirectory(directory: string): Promise<Bundle> {
  const path = join(directory, MANIFEST);
  const manifest = await readText(path);
  if (manifest === undefined) {
    throw new CliError(`${path} is missing: maestrohub export ${directory} makes such a directory`);
  }
  const hashes = (await readBase(directory))?.hashes ?? {};
  const items = new Map<string, BundleItem>();
  const files = new Map<string, string>();
  for (const file of await entityFiles(directory)) {
    const entity = await readEntity(directory, file);
    const key = keyOf(entity);
    const other = files.get(key);
    if (other !== undefined) {
      throw new CliError(`${other} and ${file} are both the ${entity.type} ${entity.name}: remove one of them`);
    }
    files.set(key, file);
    items.set(key, { ...entity, ...(Object.hasOwn(hashes, key) && { base: hashes[key]! }) });
  }
  return { ...(parseJson(path, manifest) as Omit<Bundle, 'items'>), items: [...items.values()] };
}

function placesOf(items: readonly BundleItem[]): Map<string, BundleItem> {
  const taken = new Set<string>();
  const placed = items.map((item): [string, BundleItem] => {
    const file = freePlace(item, taken);
    taken.add(foldedPlace(file));
    return [file, item];
  });
  return new Map(placed);
}

/** A repository comes from anywhere. @throws CliError where what is written would land outside of the directory. */
async function requireNoLink(directory: string, file: string): Promise<void> {
  let path = directory;
  for (const name of file.split('/')) {
    path = join(path, name);
    const found = await lstat(path).catch(() => undefined);
    if (found?.isSymbolicLink()) throw new CliError(`${path} is a link, and nothing is written through it: remove it`);
  }
}

async function writeEntity(directory: string, file: string, { type, name, content }: BundleItem): Promise<boolean> {
  const entity = { type, name, content };
  const text = entityText(entity);
  const path = join(directory, file);
  if ((await readText(path).catch(() => undefined)) === text) return false;
  const there = await readEntity(directory, file).catch(() => undefined);
  return !isDeepStrictEqual(there, entity) && writeChanged(path, text);
}

/** Files that are no more, and those of other names for entities that are written now, made by hand. */
async function removeOthers(
  directory: string,
  places: ReadonlyMap<string, BundleItem>,
  earlier: readonly string[],
): Promise<number> {
  const gone = new Set(earlier);
  const written = new Set([...places.values()].map(keyOf));
  const isElsewhere = (file: string): Promise<boolean> =>
    readEntity(directory, file).then(
      (entity) => written.has(keyOf(entity)),
      () => false,
    );
  let removed = 0;
  for (const file of await entityFiles(directory)) {
    if (places.has(file) || !(gone.has(file) || (await isElsewhere(file)))) continue;
    await rm(join(directory, file));
    removed += 1;
  }
  return removed;
}

/** `models/Motor.yaml`, in the order of their names. */
async function entityFiles(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  const folders = entries.filter((entry) => entry.isDirectory() && !/^\.|^node_modules$/.test(entry.name));
  const found = await Promise.all(
    folders.map(({ name }) => readdir(join(directory, name), { withFileTypes: true, recursive: true })),
  );
  return found
    .flat()
    .filter((entry) => entry.isFile() && ENTITY_FILE.test(entry.name))
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)).replaceAll(sep, '/'))
    .sort();
}

const count = (values: readonly boolean[], wanted: boolean): number =>
  values.filter((value) => value === wanted).length;
