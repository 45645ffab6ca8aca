import { DomainError } from '#kernel';
import { readDataQuery } from './data-query';

const refusal = (query: Record<string, unknown>): string => {
  try {
    readDataQuery(query);
    return '';
  } catch (error) {
    return error instanceof DomainError ? error.message : String(error);
  }
};

it('reads times and values of variables', () => {
  expect(readDataQuery({})).toEqual({ from: undefined, to: undefined, values: new Map() });
  expect(readDataQuery({ from: 'now-1h', 'var-line': 'line-1', 'var-a b': 'ä' })).toEqual({
    from: 'now-1h',
    to: undefined,
    values: new Map([
      ['line', 'line-1'],
      ['a b', 'ä'],
    ]),
  });
});

it.each([
  [{ limit: '1' }, 'Limit is not a known field'],
  [{ from: ['a', 'b'] }, 'From must be given once, as a text'],
  [{ 'var-line': ['a', 'b'] }, 'Var-line must be given once, as a text'],
  [{ to: '' }, 'To must have 1 to 50 characters'],
  [{ 'var-line': 'a/b' }, 'Var-line must not contain /, + or #'],
  [{ 'var-line': '#' }, 'Var-line must not contain /, + or #'],
  [{ 'var-line': '' }, 'Var-line must not be empty'],
])('refuses %j', (query, message) => {
  expect(refusal(query)).toBe(message);
});
