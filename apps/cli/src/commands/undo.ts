import { CliError } from '../cli-error';
import { confirm } from '../confirm';
import type { HubClient } from '../hub/hub-client';
import type { Import } from '../hub/plan';
import { shown } from '../hub/progress';
import { note } from '../note';
import { doneWords } from '../show-plan';

export interface UndoOptions {
  yes?: boolean;
  force?: boolean;
}

/** Takes an import back, the last one that was applied where none is named. */
export async function undo(hub: HubClient, id: string | undefined, { yes, force }: UndoOptions): Promise<string> {
  const found =
    id === undefined ? await lastApplied(hub) : await hub.get<Import>(`/dependencies/import/${encodeURIComponent(id)}`);
  if (!yes) await confirm(`Take back the import ${found.id} of ${found.createdAt} (${doneWords(found)})?`);
  note('taking it back');
  await shown(hub, found.id, hub.post(`/dependencies/import/${found.id}/undo${force ? '?force=true' : ''}`, {}));
  return `what the import ${found.id} did (${doneWords(found)}) is taken back`;
}

async function lastApplied(hub: HubClient): Promise<Import> {
  const imports = await hub.get<Import[]>('/dependencies/import?limit=200');
  // They come by when their plans were made.
  const [last, ...earlier] = imports.filter(({ status }) => status === 'applied');
  if (!last) throw new CliError('there is no import to take back');
  return earlier.reduce((one, other) => (appliedAt(other) > appliedAt(one) ? other : one), last);
}

const appliedAt = (one: Import): number => Date.parse(one.appliedAt ?? one.createdAt);
