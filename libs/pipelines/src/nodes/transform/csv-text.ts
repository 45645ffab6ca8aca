import { CsvError, parse } from 'csv-parse/sync';
import { stringify } from 'csv-stringify/sync';
import type { JsonValue } from '#kernel';
import { NodeError } from '../../node-types';
import { isSafeName } from '../support/field-path';
import { isObject, MOST_ITEMS } from '../support/inputs';

/** Characters of a text. Reading or writing that many takes a few tenths of a second, in which nothing else runs. */
const LONGEST_TEXT = 2_000_000;
const MOST_COLUMNS = 1_000;

export interface CsvForm {
  delimiter: string;
  /** The first row names the fields. */
  header: boolean;
}

const fault = (message: string): NodeError => new NodeError(message, undefined, false);

/** Rows of a text (RFC 4180): objects by the names of the header, or arrays. All values are texts. @throws NodeError */
export function parseCsv(text: string, { delimiter, header }: CsvForm): JsonValue[] {
  if (text.length > LONGEST_TEXT)
    throw fault(`CSV must be at most ${LONGEST_TEXT.toLocaleString('en')} characters long`);
  const rows = readRows(text, delimiter);
  const [names, ...rest] = rows;
  if (names && names.length > MOST_COLUMNS) throw fault(`CSV must have at most ${MOST_COLUMNS} columns`);
  if (rows.length > MOST_ITEMS) throw fault('CSV must have at most 100,000 rows');
  if (!header || !names) return rows;
  requireNames(names);
  return rest.map((row) => Object.fromEntries(row.map((value, index) => [names[index]!, value])));
}

function readRows(text: string, delimiter: string): string[][] {
  try {
    // One row more than is allowed shows that there are too many. Names are given to fields here, not by the parser,
    // which would assign them one by one.
    return parse(text, {
      delimiter,
      bom: true,
      record_delimiter: ['\r\n', '\n', '\r'],
      skip_empty_lines: true,
      to: MOST_ITEMS + 1,
      max_record_size: LONGEST_TEXT,
    });
  } catch (error) {
    if (error instanceof CsvError) throw fault(`CSV cannot be read: ${error.message.slice(0, 300)}`);
    throw error;
  }
}

function requireNames(names: readonly string[]): void {
  const unsafe = names.find((name) => !isSafeName(name));
  if (unsafe !== undefined) throw fault(`CSV must not have a column ${unsafe}`);
  const empty = names.indexOf('');
  if (empty !== -1) throw fault(`Column ${empty + 1} of the CSV has no name`);
  const twice = names.find((name, index) => names.indexOf(name) < index);
  if (twice !== undefined) throw fault(`CSV has two columns ${twice.slice(0, 100)}`);
}

/** A text of rows: objects, whose names in the order in which they are met are the columns, or arrays. @throws NodeError */
export function formatCsv(items: readonly JsonValue[], { delimiter, header }: CsvForm): string {
  const columns = columnsOf(items);
  // Each field takes a character at least: many rows of few fields must not become many of many.
  if (items.length * (columns?.length ?? 0) > LONGEST_TEXT) throw tooLong();
  const rows = items.map((item, index) => rowOf(item, columns, index));
  const text = stringify(header && columns ? [columns, ...rows] : rows, {
    delimiter,
    record_delimiter: 'windows',
    quoted_match: /[\r\n]/,
  });
  if (text.length > LONGEST_TEXT) throw tooLong();
  return text;
}

const tooLong = (): NodeError => fault(`CSV would be longer than ${LONGEST_TEXT.toLocaleString('en')} characters`);

/** Undefined for rows that are arrays. */
function columnsOf(items: readonly JsonValue[]): string[] | undefined {
  const names = new Set<string>();
  let objects = 0;
  for (const item of items) {
    if (!isObject(item)) continue;
    objects++;
    for (const name of Object.keys(item)) names.add(name);
    if (names.size > MOST_COLUMNS) throw fault(`CSV must have at most ${MOST_COLUMNS} columns`);
  }
  return objects > 0 ? [...names] : undefined;
}

function rowOf(item: JsonValue, columns: readonly string[] | undefined, index: number): string[] {
  if (columns && isObject(item)) {
    return columns.map((name) => (Object.hasOwn(item, name) ? cellOf(item[name]!) : ''));
  }
  if (!columns && Array.isArray(item)) return item.map(cellOf);
  throw fault(`Item ${index + 1} must be ${columns ? 'an object, as others are' : 'an object or an array'}`);
}

function cellOf(value: JsonValue): string {
  if (value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
