import { DomainError, jsonProblem, textProblem } from '#kernel';
import type { PortableContent } from '#platform/dependencies';
import { inTurns } from '#platform/turns';
import { canonical, hashOf } from './canonical';
import { currentForm } from './file-versions';
import { parseGuarded } from './json-guard';
import { itemText } from './reference-text';

export const FORMAT = 'maestrohub';
export const FORMAT_VERSION = '1.0';

/** Who writes files of this format. */
export const PRODUCT = { name: 'MaestroHub', version: '0.1.0' };

/** Bytes of a file that is written or read. */
export const LARGEST_FILE = 64 * 1024 * 1024;
export const MOST_ITEMS = 50_000;
/** Nine names of a dashboard in folders, each letter of which has to be escaped. */
export const LONGEST_NAME = 2_000;
export const LONGEST_DESCRIPTION = 10_000;

const HASH = /^sha256:[0-9a-f]{64}$/;
const TYPE = /^[a-z][a-z-]{0,49}$/;

/** One entity in a file. */
export interface ExchangeItem {
  type: string;
  name: string;
  /** Of the content. Whoever writes files by hand may leave it out. */
  hash?: string;
  /** Of the content that was exchanged before this one. */
  base?: string;
  /** Without ids: what it refers to stands there by type and name. */
  content: PortableContent;
}

export interface ExchangeFile {
  description: string | null;
  items: ExchangeItem[];
}

type Members = Readonly<Record<string, unknown>>;

const refuse = (message: string) => new DomainError('bad_request', message);

/** The text of one item in a file. */
export const itemJson = (item: ExchangeItem): string => canonical({ ...item });

/** Everything around the items, which are inserted between its parts as they stand. */
export function frameOf(description: string | null): [string, string] {
  const whole = canonical({
    format: FORMAT,
    formatVersion: FORMAT_VERSION,
    product: PRODUCT,
    description,
    items: [],
  });
  // A description has its quotes escaped.
  const place = whole.indexOf('"items":[') + '"items":['.length;
  return [whole.slice(0, place), whole.slice(place)];
}

/**
 * What stands in a file, in the form of now.
 * @throws DomainError `bad_request` that names what is wrong and what can be done.
 */
export async function readExchangeFile(bytes: Buffer): Promise<ExchangeFile> {
  const file = currentForm(membersOf(await parseGuarded(bytes), 'File'));
  only(file, ['format', 'formatVersion', 'product', 'description', 'items'], 'File');
  const { description = null, items } = file;
  if (description !== null && typeof description !== 'string') throw refuse('Description must be a text or null');
  if (description !== null && (description.length > LONGEST_DESCRIPTION || textProblem(description))) {
    throw refuse(`Description must be at most ${LONGEST_DESCRIPTION} characters of valid text`);
  }
  if (file['product'] !== undefined) membersOf(file['product'], 'Product');
  if (!Array.isArray(items)) throw refuse('Items must be a list');
  if (items.length > MOST_ITEMS) throw refuse(`File has more than ${MOST_ITEMS} items; export it in parts`);
  return { description, items: await inTurns(items.entries(), ([index, item]) => readItem(item, `items[${index}]`)) };
}

function readItem(given: unknown, place: string): ExchangeItem {
  const item = membersOf(given, place);
  only(item, ['type', 'name', 'hash', 'base', 'content'], place);
  const { type, name, hash, base, content } = item;
  if (typeof type !== 'string' || !TYPE.test(type)) throw refuse(`${place}.type must be a type like pipeline`);
  if (typeof name !== 'string' || name === '') throw refuse(`${place}.name is required`);
  if (name.length > LONGEST_NAME) throw refuse(`${place}.name must be at most ${LONGEST_NAME} characters`);
  const unreadable = textProblem(name);
  if (unreadable) throw refuse(`${place}.name ${unreadable}`);
  if (hash !== undefined && (typeof hash !== 'string' || !HASH.test(hash)))
    throw refuse(`${place}.hash must be sha256: and 64 digits`);
  if (base !== undefined && (typeof base !== 'string' || !HASH.test(base))) {
    throw refuse(`${place}.base must be sha256: and 64 digits`);
  }
  const members = membersOf(content, `${place}.content`) as PortableContent;
  for (const [field, value] of Object.entries(members)) {
    const problem = textProblem(field) ?? jsonProblem(value);
    if (problem) throw refuse(`${place}.content ${problem}`);
  }
  if (hash !== undefined && hashOf(members) !== hash) {
    throw refuse(`${itemText({ type, name })} was changed after its export: export it again, or leave out its hash`);
  }
  return { type, name, ...(hash !== undefined && { hash }), ...(base !== undefined && { base }), content: members };
}

function membersOf(value: unknown, place: string): Members {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw refuse(`${place} must be an object`);
  return value as Members;
}

function only(members: Members, known: readonly string[], place: string): void {
  const unknown = Object.keys(members).find((name) => !known.includes(name));
  if (unknown === undefined) return;
  throw refuse(
    `${place} has the member ${unknown.slice(0, 100)}, which is not known; a newer product may have made it`,
  );
}
