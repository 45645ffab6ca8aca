import { ConnectorError } from '../../calls/connector-error';
import type { JsonObject } from '../protocol';
import { quotedName, type BoundSql, type SqlDialect } from './bound-sql';

/** A function's config with its parameters put in. */
export interface InsertConfig {
  table: string;
  columns?: string[];
  rows: JsonObject[];
}

/** More than any server takes in a statement; who has such a table names the columns. */
const MOST_COLUMNS = 1_000;

/** The columns that are written: those that are named, or all that occur in a row, in the order they are met. */
export function columnsOf({ columns, rows }: InsertConfig): string[] {
  const found = columns ?? [...new Set(rows.flatMap((row) => Object.keys(row)))];
  if (found.length === 0) throw new ConnectorError('The rows have no columns');
  if (found.length > MOST_COLUMNS) throw new ConnectorError(`The rows have more than ${MOST_COLUMNS} columns`);
  return found;
}

/**
 * Statements with as many rows each as the server takes: `most` counts its placeholders and its rows. What a row leaves out
 * is null.
 */
export function insertStatements(
  config: InsertConfig,
  dialect: SqlDialect,
  most: { values: number; rows: number },
): BoundSql[] {
  const columns = columnsOf(config);
  const into = `INSERT INTO ${quotedName(config.table, dialect)} (${columns.map((name) => dialect.quote(name)).join(', ')})`;
  const rowsEach = Math.max(1, Math.min(most.rows, Math.floor(most.values / columns.length)));
  const statements: BoundSql[] = [];
  for (let from = 0; from < config.rows.length; from += rowsEach) {
    const rows = config.rows.slice(from, from + rowsEach);
    const values = rows.flatMap((row) => columns.map((name) => (Object.hasOwn(row, name) ? row[name]! : null)));
    let number = 0;
    const places = rows.map(() => `(${columns.map(() => dialect.placeholder(++number)).join(', ')})`);
    statements.push({ text: `${into} VALUES ${places.join(', ')}`, values });
  }
  return statements;
}
