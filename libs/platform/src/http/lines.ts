import { stringify } from 'csv-stringify/sync';

export const CSV = 'text/csv';
export const NDJSON = 'application/x-ndjson';
/** What lists can be answered as, beside JSON. */
export const LINE_TYPES = [CSV, NDJSON] as const;
export type LineType = (typeof LINE_TYPES)[number];

type Entry = Readonly<Record<string, unknown>>;

/** One line an entry. CSV names the columns first: those of all entries, in the order in which they come up. */
export function toLines(entries: readonly object[], type: LineType): string {
  if (type === NDJSON) return entries.map((entry) => `${JSON.stringify(entry)}\n`).join('');
  const columns = [...new Set(entries.flatMap((entry) => Object.keys(entry)))];
  const cells = entries.map((entry) => columns.map((column) => cellOf((entry as Entry)[column])));
  return stringify([columns, ...cells], { record_delimiter: '\r\n', quoted_match: /[\r\n]/ });
}

/** Texts as they are; what has parts as JSON. */
const cellOf = (value: unknown): string =>
  typeof value === 'string' ? value : value === null || value === undefined ? '' : JSON.stringify(value);
