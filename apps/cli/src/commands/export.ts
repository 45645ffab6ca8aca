import { writeFile } from 'node:fs/promises';
import { CliError } from '../cli-error';
import type { Bundle } from '../files/bundle';
import { writeDirectory } from '../files/directory';
import type { HubClient } from '../hub/hub-client';

export interface ExportOptions {
  /** `pipeline:<id>`; everything where there is none. */
  entity?: string[];
  description?: string;
}

interface Exported {
  id: string;
  items: number;
  secrets: string[];
}

/** Into a file where the name ends in `.json`, else into a directory. */
export async function exportTo(hub: HubClient, target: string, options: ExportOptions): Promise<string> {
  const { description } = options;
  const entities = options.entity?.map(entityOf);
  const made = await hub.post<Exported>('/dependencies/export', { entities, description });
  const text = await hub.text(`/dependencies/export/${made.id}/download`);
  const secrets =
    made.secrets.length > 0 ? `\n${made.secrets.length} secrets stay here: an import elsewhere asks for them` : '';
  if (target.endsWith('.json')) {
    await writeFile(target, text);
    return `${made.items} entities in ${target}${secrets}`;
  }
  const { written, same, removed } = await writeDirectory(target, JSON.parse(text) as Bundle);
  return `${made.items} entities in ${target}: ${written} files written, ${same} as they were, ${removed} removed${secrets}`;
}

function entityOf(text: string): { type: string; id?: string } {
  const [, type, id] = /^([a-z-]+)(?::(.+))?$/.exec(text) ?? [];
  if (type === undefined) throw new CliError(`--entity ${text}: must be a type, or a type and an id: pipeline:<id>`);
  return { type, ...(id !== undefined && { id }) };
}
