import { readFile } from 'node:fs/promises';
import { CliError } from '../cli-error';
import { isDirectory, readDirectory } from '../files/directory';
import type { HubClient } from '../hub/hub-client';
import { countOf, type Plan } from '../hub/plan';
import { note } from '../note';
import { showPlan } from '../show-plan';

/** Of `plan --check` where something would be done. */
const SOMETHING_TO_DO = 2;

/** What an import of the file or directory would do. Nothing is done. */
export async function makePlan(hub: HubClient, source: string): Promise<Plan> {
  note(`reading ${source}`);
  const text = await textOf(source);
  note('comparing it with the organization');
  return hub.postText<Plan>('/dependencies/import/validate', text);
}

/** @throws CliError where the plan has problems; with exit code 2 where it has anything to do and that is asked for. */
export async function plan(
  hub: HubClient,
  source: string,
  { check }: { check?: boolean },
  say: (text: string) => void,
): Promise<void> {
  const made = await makePlan(hub, source);
  say(showPlan(made));
  requireNoProblems(made);
  if (!isAnythingToDo(made)) return;
  const next = `maestrohub apply ${source} does it`;
  if (check) throw new CliError(`${source} and the organization differ: ${next}`, SOMETHING_TO_DO);
  say(next);
}

/** @throws CliError */
export function requireNoProblems({ problems }: Plan): void {
  if (problems.length > 0) throw new CliError('nothing is done before the problems are mended');
}

export const isAnythingToDo = (made: Plan): boolean => countOf(made, 'unchanged') < made.items.length;

async function textOf(source: string): Promise<string> {
  if (await isDirectory(source)) return JSON.stringify(await readDirectory(source));
  if (/\.ya?ml$/i.test(source)) throw new CliError(`${source} is one file of a directory: name the directory`);
  return readFile(source, 'utf8').catch((error: unknown) => {
    throw new CliError(`${source} cannot be read: ${(error as Error).message}`);
  });
}
