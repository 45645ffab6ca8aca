import type { JsonValue } from '#kernel';
import { boundSql, quotedName, statementProblems, type SqlDialect } from './bound-sql';

const numbered: SqlDialect = { placeholder: (n) => `$${n}`, positional: false, quote: (name) => `"${name}"` };
const positional: SqlDialect = { placeholder: () => '?', positional: true, quote: (name) => `\`${name}\`` };

const values = new Map<string, JsonValue>([
  ['a', "'; DROP TABLE x"],
  ['b', 2],
]);

describe('a bound statement', () => {
  it('has numbered placeholders, the same for the same parameter', () => {
    expect(boundSql('SELECT ((a)), (( b )), ((a))', values, numbered)).toEqual({
      text: 'SELECT $1, $2, $1',
      values: ["'; DROP TABLE x", 2],
    });
  });

  it('has a value for every placeholder where those have no names', () => {
    const bound = boundSql('SELECT ((a)), ((b)), ((a))', values, positional);
    expect(bound).toEqual({ text: 'SELECT ?, ?, ?', values: ["'; DROP TABLE x", 2, "'; DROP TABLE x"] });
  });

  it('binds null for a parameter without a value', () => {
    expect(boundSql('SELECT ((none))', values, numbered).values).toEqual([null]);
  });

  it('is the text itself where there are no places', () => {
    expect(boundSql('SELECT (1)', values, numbered)).toEqual({ text: 'SELECT (1)', values: [] });
  });
});

it('names are quoted part by part', () => {
  expect(quotedName('plant.orders', numbered)).toBe('"plant"."orders"');
});

describe('faults of statements', () => {
  it.each([
    ["SELECT '((a))'", 'Parameter a must not stand in quotes: it is bound as a value'],
    ["SELECT x LIKE '%((a))%'", 'Parameter a must not stand in quotes: it is bound as a value'],
    ['SELECT "((a))"', 'Parameter a must not stand in quotes: it is bound as a value'],
    ['((a))', 'sql must be a statement; a parameter is one of its values'],
    [' ((a)) ', 'sql must be a statement; a parameter is one of its values'],
    ["SELECT 'x' || ((a)) || 'y'", undefined],
    ["SELECT ((a)), 'it''s'", undefined],
  ])('%j: %s', (sql, message) => {
    expect(statementProblems({ sql }).map((problem) => problem.message)).toEqual(message ? [message] : []);
  });
});
