import type { FieldProblem, JsonValue } from '#kernel';
import { parsePlaces } from '../../functions/places';
import type { JsonObject } from '../protocol';

/** How a server's SQL is written. */
export interface SqlDialect {
  /** What stands for the nth value, from 1. */
  placeholder(n: number): string;
  /** Placeholders have no name or number, so that each is for a value of its own. */
  positional: boolean;
  /** A name of a table or column, so that nothing in it is read as SQL. */
  quote(name: string): string;
}

export interface BoundSql {
  text: string;
  /** Parameters without a value are null. */
  values: JsonValue[];
}

/**
 * A statement whose places became placeholders: values never become part of its text. The same parameter is the same
 * placeholder where the dialect can do that, so that an expression in SELECT and GROUP BY stays the same to the server.
 */
export function boundSql(sql: string, parameters: ReadonlyMap<string, JsonValue>, dialect: SqlDialect): BoundSql {
  const values: JsonValue[] = [];
  const numbers = new Map<string, number>();
  const bind = (name: string): string => {
    const known = dialect.positional ? undefined : numbers.get(name);
    if (known !== undefined) return dialect.placeholder(known);
    values.push(parameters.get(name) ?? null);
    numbers.set(name, values.length);
    return dialect.placeholder(values.length);
  };
  const parts = parsePlaces(sql).map((part) => (typeof part === 'string' ? part : bind(part.parameter)));
  return { text: parts.join(''), values };
}

/** A name of up to three parts with a dot between (database, schema, table), each quoted. */
export const quotedName = (name: string, dialect: SqlDialect): string =>
  name
    .split('.')
    .map((part) => dialect.quote(part))
    .join('.');

const QUOTED_PLACE = /(['"`])%?\(\(\s*([A-Za-z_]\w*)\s*\)\)%?\1/;

/** Faults of a statement as it stands that would only show at the server, or hide what is meant. */
export function statementProblems({ sql }: JsonObject): FieldProblem[] {
  const text = sql as string;
  if (parsePlaces(text).every((part) => typeof part !== 'string' || part.trim() === '')) {
    return [{ field: 'sql', message: 'sql must be a statement; a parameter is one of its values' }];
  }
  const quoted = QUOTED_PLACE.exec(text);
  if (!quoted) return [];
  return [{ field: 'sql', message: `Parameter ${quoted[2]!} must not stand in quotes: it is bound as a value` }];
}
