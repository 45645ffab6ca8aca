import { join } from 'node:path';
import type { JsonValue } from '#kernel';
import { CliError } from '../cli-error';
import type { BundleItem } from './bundle';
import { readYaml } from './read-yaml';
import { readText } from './text-file';
import { yamlOf } from './write-yaml';

export type Entity = Pick<BundleItem, 'type' | 'name' | 'content'>;

/** Its name first: what follows is long. The type is the folder's. */
export const entityText = ({ name, content }: Entity): string => yamlOf({ name }) + yamlOf({ content });

/** @throws CliError that names the file, and the line where there is one at fault. */
export async function readEntity(directory: string, file: string): Promise<Entity> {
  const path = join(directory, file);
  const value = readYaml(path, (await readText(path)) ?? '');
  const { name, content, ...others } = membersOf(value);
  const [unknown] = Object.keys(others);
  if (unknown !== undefined)
    throw new CliError(`${path} has the member ${unknown}, but an entity has name and content alone`);
  if (typeof name !== 'string' || content === undefined)
    throw new CliError(`${path} is no entity: it must have a name and a content`);
  return { type: file.slice(0, file.indexOf('/')).replace(/s$/, ''), name, content };
}

const membersOf = (value: JsonValue): Partial<Record<string, JsonValue>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
