import { mkdir, readFile, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { stringify } from 'safe-stable-stringify';
import { CliError } from '../cli-error';

/** Bytes. */
const LARGEST_FILE = 8 * 1024 * 1024;

/** Nothing where there is no such file. @throws CliError where it is too large, or no text. */
export async function readText(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  if (!found) return undefined;
  if (found.size > LARGEST_FILE) throw new CliError(`${path} is larger than 8 MiB`);
  const bytes = await readFile(path);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new CliError(`${path} is not in UTF-8: save it in that encoding`);
  }
}

/** Whether it had to be written: a file that says the same keeps its time. */
export async function writeChanged(path: string, text: string): Promise<boolean> {
  if ((await readFile(path, 'utf8').catch(() => undefined)) === text) return false;
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
  return true;
}

/** What the command line keeps for itself: members in alphabetical order, a line each. */
export const jsonOf = (value: unknown): string => `${stringify(value, undefined, 2)}\n`;

/** @throws CliError where it is none. */
export function parseJson(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new CliError(`${path} is no JSON: ${(error as Error).message}`);
  }
}
