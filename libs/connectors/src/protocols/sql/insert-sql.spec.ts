import type { JsonObject } from '../protocol';
import type { SqlDialect } from './bound-sql';
import { columnsOf, insertStatements } from './insert-sql';

const dialect: SqlDialect = {
  placeholder: (n) => `@${n}`,
  positional: false,
  quote: (name) => `[${name.replaceAll(']', ']]')}]`,
};
const most = { values: 100, rows: 100 };

describe('inserts', () => {
  it('write the columns that occur, with null where a row has none', () => {
    const rows: JsonObject[] = [{ a: 1 }, { b: 'x', a: 2 }];
    expect(insertStatements({ table: 'dbo.t', rows }, dialect, most)).toEqual([
      { text: 'INSERT INTO [dbo].[t] ([a], [b]) VALUES (@1, @2), (@3, @4)', values: [1, null, 2, 'x'] },
    ]);
  });

  it('write the columns that are named, and no others', () => {
    const [statement] = insertStatements({ table: 't', columns: ['b'], rows: [{ a: 1, b: 2 }] }, dialect, most);
    expect(statement).toEqual({ text: 'INSERT INTO [t] ([b]) VALUES (@1)', values: [2] });
  });

  it('quote names, so that nothing in them is SQL', () => {
    const [statement] = insertStatements({ table: 't', rows: [{ 'a]) --': 1 }] }, dialect, most);
    expect(statement!.text).toBe('INSERT INTO [t] ([a]]) --]) VALUES (@1)');
  });

  it('are as many statements as the server needs', () => {
    const rows = Array.from({ length: 5 }, (_, a) => ({ a, b: a }));
    const counts = (limits: { values: number; rows: number }) =>
      insertStatements({ table: 't', rows }, dialect, limits).map(({ values }) => values.length / 2);
    expect(counts({ values: 5, rows: 100 })).toEqual([2, 2, 1]);
    expect(counts({ values: 100, rows: 3 })).toEqual([3, 2]);
    expect(counts({ values: 1, rows: 1 })).toEqual([1, 1, 1, 1, 1]);
  });

  it('know no members that are not their own', () => {
    expect(insertStatements({ table: 't', columns: ['toString'], rows: [{}] }, dialect, most)[0]!.values).toEqual([
      null,
    ]);
  });

  it('need columns, and not too many', () => {
    expect(() => columnsOf({ table: 't', rows: [{}] })).toThrow('The rows have no columns');
    const wide = Object.fromEntries(Array.from({ length: 1_001 }, (_, n) => [`c${n}`, n]));
    expect(() => columnsOf({ table: 't', rows: [wide] })).toThrow('more than 1000 columns');
  });
});
