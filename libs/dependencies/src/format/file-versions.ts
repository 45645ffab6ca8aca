import { DomainError } from '#kernel';

type Members = Readonly<Record<string, unknown>>;

/** Makes of a file of one major version one of the next. Says nothing of what is wrong in it: that is seen in the end. */
type Step = (file: Members) => Members;

/** Before 1.0 entities stood in lists by their type, without hashes. */
const LISTS: Readonly<Record<string, string>> = {
  models: 'model',
  connections: 'connection',
  functions: 'function',
  topics: 'topic',
  pipelines: 'pipeline',
  dashboards: 'dashboard',
};

const listsToItems: Step = (file) => {
  const lists = Object.entries(file).filter(([name]) => Object.hasOwn(LISTS, name));
  const others = Object.entries(file).filter(([name]) => !Object.hasOwn(LISTS, name));
  const items = lists.flatMap(([list, entities]) =>
    asList(entities).map((entity) => ({ ...asMembers(entity), type: LISTS[list] })),
  );
  return { ...Object.fromEntries(others), formatVersion: '1.0', items };
};

/** By the major version that they start from. */
const STEPS: readonly Step[] = [listsToItems];

const refuse = (message: string) => new DomainError('bad_request', message);

/** The same file in the form of now. @throws DomainError `bad_request` for what is none, or newer than this product. */
export function currentForm(file: Members): Members {
  const { format, formatVersion } = file;
  if (format !== 'maestrohub') throw refuse('File is no export of MaestroHub: its format must be maestrohub');
  const version = typeof formatVersion === 'string' ? /^(\d{1,4})\.\d{1,4}$/.exec(formatVersion) : null;
  if (!version) throw refuse('formatVersion must be a version like 1.0');
  const major = Number(version[1]);
  if (major > STEPS.length) {
    throw refuse(`File is of format ${version[0]}, which is newer than this product; update it, or export to format 1`);
  }
  return STEPS.slice(major).reduce((older, step) => step(older), file);
}

/** What is no list is kept to be refused as an item. */
const asList = (value: unknown): unknown[] => (Array.isArray(value) ? (value as unknown[]) : [value]);

const asMembers = (value: unknown): Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};
