import { readFile } from 'node:fs/promises';
import { CliError } from '../cli-error';
import { confirm } from '../confirm';
import { rememberApplied } from '../files/base';
import { keyOf } from '../files/bundle';
import { isDirectory } from '../files/directory';
import type { HubClient } from '../hub/hub-client';
import type { Import, Plan, PlanItem } from '../hub/plan';
import { shown } from '../hub/progress';
import { note } from '../note';
import { doneWords, showPlan } from '../show-plan';
import { isAnythingToDo, makePlan, requireNoProblems } from './plan';

export interface ApplyOptions {
  yes?: boolean;
  /** For every conflict that is not named. */
  onConflict?: 'keep' | 'replace';
  /** `pipeline:Speeds=keep`, `model:Motor=rename:Motor 2` */
  resolve?: string[];
  /** A JSON file: values by slots. */
  secrets?: string;
}

/** Conflicts that a message names. */
const MOST_NAMED = 20;

interface Resolution {
  type: string;
  name: string;
  action: 'keep' | 'replace' | 'rename';
  newName?: string;
}

/** Plans, shows the plan, asks, and does it: all or nothing. */
export async function apply(
  hub: HubClient,
  source: string,
  options: ApplyOptions,
  say: (text: string) => void,
): Promise<string> {
  const plan = await makePlan(hub, source);
  say(showPlan(plan));
  requireNoProblems(plan);
  // Secrets are in no plan: whether they are others than those there, only the execution tells.
  if (!isAnythingToDo(plan) && options.secrets === undefined) return 'nothing to do';
  const resolutions = resolutionsOf(plan, options);
  const secrets = await secretsOf(plan, options.secrets);
  if (!options.yes) await confirm('Do it?');
  note('importing');
  const { planId } = plan;
  const call = hub.post<Import>('/dependencies/import/execute', { planId, resolutions, secrets });
  const done = await shown(hub, planId, call);
  if (await isDirectory(source)) {
    const kept = new Set(resolutions.filter(({ action }) => action !== 'replace').map(keyOf));
    const applied = plan.items.filter((item) => !kept.has(keyOf(item)));
    await rememberApplied(source, Object.fromEntries(applied.map((item) => [keyOf(item), item.hash])));
  }
  return `done: ${doneWords(done)}; maestrohub undo ${done.id} takes it back`;
}

function resolutionsOf({ items }: Plan, { resolve = [], onConflict }: ApplyOptions): Resolution[] {
  const named = resolve.map(resolutionOf);
  const known = new Set(named.map(keyOf));
  const open = items.filter((item) => item.action === 'conflict' && !known.has(keyOf(item)));
  if (open.length > 0 && onConflict === undefined) throw new CliError(unresolved(open));
  return [...named, ...open.map(({ type, name }) => ({ type, name, action: onConflict! }))];
}

function unresolved(open: readonly PlanItem[]): string {
  const lines = open
    .slice(0, MOST_NAMED)
    .map((item) => `  --resolve '${keyOf(item)}=keep'   (or replace, or rename:<new name>)`);
  return [
    `${open.length === 1 ? 'one conflict has' : `${open.length} conflicts have`} to be decided: ` +
      `--on-conflict keep or replace for all, or one by one:`,
    ...lines,
    ...(open.length > MOST_NAMED ? [`  … and ${open.length - MOST_NAMED} more`] : []),
  ].join('\n');
}

function resolutionOf(text: string): Resolution {
  const [, type, name, action, newName] = /^([a-z-]+):(.+)=(keep|replace|rename)(?::(.+))?$/s.exec(text) ?? [];
  if (type === undefined || (action === 'rename') === (newName === undefined)) {
    throw new CliError(`--resolve ${text}: must be <type>:<name>=keep, =replace or =rename:<new name>`);
  }
  return { type, name: name!, action: action as Resolution['action'], ...(newName !== undefined && { newName }) };
}

async function secretsOf({ secrets }: Plan, file: string | undefined): Promise<Record<string, unknown>> {
  const given = file === undefined ? {} : await readSecrets(file);
  const missing = secrets.filter(({ slot, required }) => required && !Object.hasOwn(given, slot));
  if (missing.length === 0) return given;
  const example = JSON.stringify(Object.fromEntries(missing.map(({ slot }) => [slot, '…'])), null, 2);
  throw new CliError(
    `secrets are missing: give them by --secrets <file>, a JSON file like (null leaves one out):\n${example}`,
  );
}

async function readSecrets(file: string): Promise<Record<string, unknown>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record<string, unknown>;
  } catch (error) {
    // Not the parser's words: they quote what stands there.
    const reason = error instanceof SyntaxError ? 'it is no JSON' : (error as Error).message;
    throw new CliError(`--secrets ${file} cannot be read: ${reason}`);
  }
}
