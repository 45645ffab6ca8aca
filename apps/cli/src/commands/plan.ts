import { readFile } from 'node:fs/promises';
import { CliError } from '../cli-error';
import { isDirectory, readDirectory } from '../files/directory';
import type { HubClient } from '../hub/hub-client';
import { countOf, type Plan } from '../hub/plan';
import { showPlan } from '../show-plan';

/** Of `plan --check` where something would be done. */
const SOMETHING_TO_DO = 2;

/** What an import of the file or directory would do. Nothing is done. */
export async function makePlan(hub: HubClient, source: string): Promise<Plan> {
  return hub.postText<Plan>('/dependencies/import/validate', await textOf(source));
}

/** @throws CliError with exit code 2 where the plan has anything to do and that is asked for. */
export async function plan(hub: HubClient, source: string, { check }: { check?: boolean }): Promise<string> {
  const made = await makePlan(hub, source);
  const text = showPlan(made);
  if (check && isAnythingToDo(made))
    throw new CliError(`${source} and the organization differ\n${text}`, SOMETHING_TO_DO);
  return text;
}

export const isAnythingToDo = (made: Plan): boolean =>
  made.problems.length > 0 || countOf(made, 'unchanged') < made.items.length;

async function textOf(source: string): Promise<string> {
  if (await isDirectory(source)) return JSON.stringify(await readDirectory(source));
  return readFile(source, 'utf8').catch((error: unknown) => {
    throw new CliError(`${source} cannot be read: ${(error as Error).message}`);
  });
}
