import type { Variable } from './dashboard-content';
import { fillIn, levelProblem, mentionsIn, variableProblems } from './variables';

const variable = (change: Partial<Variable> = {}): Variable => ({
  name: 'line',
  label: null,
  values: ['line-1', 'line-2'],
  topics: null,
  default: null,
  ...change,
});

const messages = (...variables: Variable[]) =>
  variableProblems(variables).map(({ field, message }) => [field, message]);

it('finds and fills in what is mentioned', () => {
  const text = 'mHv1.0/${site}/${line}/${line}-a/${1}/${a b}/$site';
  expect(mentionsIn(text)).toEqual(['site', 'line', 'line']);
  expect(fillIn(text, new Map([['line', 'L${site}']]))).toBe('mHv1.0/${site}/L${site}/L${site}-a/${1}/${a b}/$site');
  expect(fillIn('${a}', new Map([['a', '$&$1']]))).toBe('$&$1');
});

it.each([
  ['line-1', undefined],
  ['größe 5 %', undefined],
  ['', 'must not be empty'],
  ['a/b', 'must not contain /, + or #'],
  ['+', 'must not contain /, + or #'],
  ['a#', 'must not contain /, + or #'],
  ['a\0', 'contains the NUL character'],
  ['\ud800', 'is not valid Unicode'],
  ['x'.repeat(101), 'must be at most 100 characters long'],
])('a level %j: %s', (text, problem) => {
  expect(levelProblem(text)).toBe(problem);
});

describe('variables', () => {
  it('are sound with values or with topics', () => {
    const topics = variable({ name: 'site', values: null, topics: 'mHv1.0/+/line-1/#', default: 'anywhere' });
    expect(messages(variable({ default: 'line-2' }), topics)).toEqual([]);
  });

  it.each<[Partial<Variable>, string, string]>([
    [{ topics: 'mHv1.0/+' }, 'values', 'Either values or topics is required'],
    [{ values: null }, 'values', 'Either values or topics is required'],
    [{ values: ['a', 'b/c'] }, 'values[1]', 'Value must not contain /, + or #'],
    [{ values: null, topics: 'mHv1.0/a' }, 'topics', 'Topics must have one +, in place of the values'],
    [{ values: null, topics: 'mHv1.0/+/+' }, 'topics', 'Topics must have one +, in place of the values'],
    [{ values: null, topics: '+/a' }, 'topics', 'Topics must start with mHv1.0/'],
    [
      { values: null, topics: 'mHv1.0/#/+' },
      'topics',
      'Topic filter may use + for a whole level and # for the last one alone',
    ],
    [{ default: 'line-3' }, 'default', 'Default must be one of the values'],
    [{ values: null, topics: 'mHv1.0/+', default: '#' }, 'default', 'Default must not contain /, + or #'],
  ])('are refused: %j', (change, field, message) => {
    expect(messages(variable(change))).toEqual([[`variables[0].${field}`, message]]);
  });

  it('have names of their own', () => {
    expect(messages(variable(), variable())).toEqual([['variables[1].name', 'Name line is given to two variables']]);
  });
});
