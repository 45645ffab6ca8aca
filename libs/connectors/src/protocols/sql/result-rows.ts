import type { JsonValue } from '#kernel';
import type { JsonObject } from '../protocol';

/** Rows of one answer, whatever is asked for. */
export const MOST_ROWS = 10_000;
export const USUAL_ROWS = 1_000;
/** Bytes of rows in one answer, as the server sends them. */
export const LARGEST_RESULT = 10 * 1024 * 1024;

export interface ResultField {
  name: string;
  /** As the server calls it. */
  type: string;
}

/** Collects the rows of an answer until there are enough, in number or in bytes. */
export class ResultRows {
  private readonly rows: JsonObject[] = [];
  private names: readonly string[] = [];
  private bytes = 0;
  /** Rows that were offered. */
  seen = 0;
  private cut = false;
  fields: readonly ResultField[] = [];

  constructor(readonly most: number) {}

  /** Columns of the same name get a number, so that none hides another. */
  describe(fields: readonly ResultField[]): void {
    this.names = uniqueNames(fields.map(({ name }) => name));
    this.fields = fields.map(({ type }, index) => ({ name: this.names[index]!, type }));
  }

  /** Keeps the row, unless it is one too many. */
  add(bytes: number, values: () => readonly JsonValue[]): void {
    this.seen++;
    this.bytes += bytes;
    this.cut ||= this.rows.length >= this.most || this.tooLarge;
    if (this.cut) return;
    const row = values();
    this.rows.push(Object.fromEntries(this.names.map((name, index) => [name, row[index] ?? null])));
  }

  /** There is at least one row more than is wanted. */
  get truncated(): boolean {
    return this.cut;
  }

  /** Nothing more is worth reading. */
  get tooLarge(): boolean {
    return this.bytes > LARGEST_RESULT;
  }

  toJson(): JsonObject {
    const fields = this.fields.map((field) => ({ ...field }));
    return { rows: this.rows, rowCount: this.rows.length, fields, truncated: this.cut };
  }
}

function uniqueNames(names: readonly string[]): string[] {
  const used = new Set<string>();
  return names.map((name, index) => {
    const plain = name === '' ? `column_${index + 1}` : name;
    let unique = plain;
    for (let count = 2; used.has(unique); count++) unique = `${plain}_${count}`;
    used.add(unique);
    return unique;
  });
}
