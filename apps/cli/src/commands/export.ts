import { writeFile } from 'node:fs/promises';
import { CliError } from '../cli-error';
import type { Bundle } from '../files/bundle';
import { writeDirectory } from '../files/directory';
import type { HubClient } from '../hub/hub-client';
import { note } from '../note';
import { warn } from '../warn';

export interface ExportOptions {
  /** `pipeline:<id>`; everything where there is none. */
  entity?: string[];
  description?: string;
}

interface Exported {
  id: string;
  items: number;
  secrets: string[];
  /** Some of them, where there are many. */
  warnings: { type: string; name: string; field: string; message: string }[];
  warningCount: number;
}

/** Into a file where the name ends in `.json`, else into a directory. */
export async function exportTo(hub: HubClient, target: string, options: ExportOptions): Promise<string> {
  if (/\.ya?ml$/i.test(target)) throw new CliError(`${target} must be a directory, or a file that ends in .json`);
  const { description } = options;
  const entities = options.entity?.map(entityOf);
  note('exporting');
  const made = await hub.post<Exported>('/dependencies/export', { entities, description });
  const { id, items, secrets } = made;
  warn(warningLines(made));
  const text = await hub.text(`/dependencies/export/${id}/download`);
  const done = `${counted(items, 'entity', 'entities')} in ${target}`;
  const left =
    secrets.length > 0
      ? `\n${counted(secrets.length, 'secret', 'secrets')} left out: an import elsewhere asks for them`
      : '';
  if (/\.json$/i.test(target)) {
    await writeFile(target, text);
    return `${done}${left}`;
  }
  note(`writing ${target}`);
  const { written, same, removed } = await writeDirectory(target, JSON.parse(text) as Bundle, !entities);
  return `${done}: ${counted(written, 'file', 'files')} written, ${same} as they were, ${removed} removed${left}`;
}

function warningLines({ warnings, warningCount }: Exported): string[] {
  const more = warningCount - warnings.length;
  return [
    ...warnings.map(({ type, name, field, message }) => `${type} ${name} ${field}: ${message}`),
    ...(more > 0 ? [`${more} more of these`] : []),
  ];
}

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;

function entityOf(text: string): { type: string; id?: string } {
  const [, type, id] = /^([a-z-]+)(?::(.+))?$/.exec(text) ?? [];
  if (type === undefined) throw new CliError(`--entity ${text}: must be a type, or a type and an id: pipeline:<id>`);
  return { type, ...(id !== undefined && { id }) };
}
