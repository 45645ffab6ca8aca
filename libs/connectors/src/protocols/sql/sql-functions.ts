import type { FunctionType } from '../protocol';
import { integer, objectOf, text } from '../support/schema';
import { statementProblems } from './bound-sql';
import { MOST_ROWS, USUAL_ROWS } from './result-rows';

const statement = (example: string) =>
  text('One statement; ((name)) is a parameter, bound as a value and never part of the text', {
    minLength: 1,
    maxLength: 100_000,
    examples: [example],
  });

const name = (description: string, maxLength = 200) => text(description, { minLength: 1, maxLength });

const SELECT = 'SELECT id, status FROM orders WHERE line = ((line)) ORDER BY id';
const UPDATE = 'UPDATE orders SET status = ((status)) WHERE id = ((id))';

/** What every SQL protocol can do. `reads` says what keeps a query from writing, for people. */
export function sqlFunctions(protocol: string, { reads }: { reads: string }): FunctionType[] {
  const check = statementProblems;
  return [
    {
      type: `${protocol}.query`,
      title: 'Query',
      description: `Reads rows. ${reads}`,
      kind: 'call',
      config: objectOf(
        {
          sql: statement(SELECT),
          maxRows: integer('Rows that are given at most; 10 MiB hold too', 1, MOST_ROWS, { default: USUAL_ROWS }),
        },
        ['sql'],
      ),
      example: { sql: SELECT, maxRows: 100 },
      verbatim: ['sql'],
      check,
    },
    {
      type: `${protocol}.execute`,
      title: 'Execute',
      description: 'Runs a statement that changes something and tells how many rows it did; rows it returns are given',
      kind: 'call',
      config: objectOf({ sql: statement(UPDATE) }, ['sql']),
      example: { sql: UPDATE },
      verbatim: ['sql'],
      check,
    },
    {
      type: `${protocol}.insert`,
      title: 'Insert',
      description: 'Writes rows into a table, all of them or none',
      kind: 'call',
      config: objectOf(
        {
          table: name('Table, with its schema or database before a dot where it is not the usual one', 400),
          columns: {
            type: 'array',
            description: 'Columns that are written; otherwise all that occur in a row',
            minItems: 1,
            maxItems: 1_000,
            uniqueItems: true,
            items: name('Column'),
          },
          rows: {
            type: 'array',
            description: 'Rows by the names of their columns; what a row leaves out is NULL',
            minItems: 1,
            maxItems: MOST_ROWS,
            items: { type: 'object' },
          },
        },
        ['table', 'rows'],
      ),
      example: { table: 'measurements', columns: ['tag', 'value'], rows: [{ tag: 'temperature', value: '((value))' }] },
    },
  ];
}
