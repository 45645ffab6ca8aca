import { failureOf, outputOf, problemsOf } from '../test-call';
import { AggregateNode } from './aggregate.node';

describe('transform.aggregate', () => {
  const node = new AggregateNode();
  const items = [
    { line: 'l1', m: { v: 3 }, at: '2026-01-02' },
    { line: 'l2', m: { v: 5 }, at: '2026-01-01' },
    { line: 'l1', m: { v: 1 }, at: null },
    { m: {} },
  ];

  it.each([
    ['count', 3],
    ['sum', 9],
    ['avg', 3],
    ['min', 1],
    ['max', 5],
    ['first', 3],
    ['last', 1],
    ['list', [3, 5, 1]],
    ['distinct', [3, 5, 1]],
  ])('%s', async (op, result) => {
    expect(await outputOf(node, { items, operations: [{ field: 'm.v', op, as: 'r' }] })).toEqual({ r: result });
  });

  it.each([
    ['sum', 0],
    ['avg', null],
    ['min', null],
    ['first', null],
    ['list', []],
  ])('%s of nothing', async (op, result) => {
    expect(await outputOf(node, { items: [], operations: [{ field: 'x', op, as: 'r' }] })).toEqual({ r: result });
  });

  it('groups, in the order in which groups are met', async () => {
    const operations = [{ op: 'count' }, { field: 'm.v', op: 'sum' }, { field: 'at', op: 'max', as: 'latest' }];
    expect(await outputOf(node, { items, groupBy: ['line'], operations })).toEqual([
      { line: 'l1', count: 2, 'sum_m.v': 4, latest: '2026-01-02' },
      { line: 'l2', count: 1, 'sum_m.v': 5, latest: '2026-01-01' },
      { line: null, count: 1, 'sum_m.v': 0, latest: null },
    ]);
  });

  it('tells values of different types apart', async () => {
    const mixed = [1, '1', true, { a: 1 }, { a: 1 }, 1];
    expect(await outputOf(node, { items: mixed, operations: [{ op: 'distinct' }] })).toEqual({
      distinct: [1, '1', true, { a: 1 }],
    });
  });

  it.each([
    [[1, 'x'], 'sum', 'sum needs numbers, and one value is a text'],
    [[1, 'x'], 'min', 'min cannot compare a number with a text'],
    [[{}], 'max', 'max needs numbers or texts, and one value is an object'],
    [[1e308, 1e308], 'avg', 'avg is out of the range of numbers'],
  ])('%j by %s fails', async (given, op, message) => {
    expect(await failureOf(node, { items: given, operations: [{ op }] })).toBe(message);
  });

  it('refuses names that cannot be, also computed ones', async () => {
    const parameters = {
      groupBy: ['line', 'a.__proto__'],
      operations: [
        { op: 'sum', field: 'a..b' },
        { op: 'count', as: 'line' },
        { op: 'max', field: 'v', as: 'constructor' },
      ],
    };
    expect(problemsOf(node, parameters)).toEqual([
      'groupBy[1]: Name must not name __proto__',
      'operations[0].field: Name must not have empty parts between its dots',
      'operations[1].as: Name line is given to two results',
      'operations[2].as: Name must not name constructor',
    ]);
    expect(await failureOf(node, { items: [], ...parameters })).toBe('Name must not name __proto__');
    expect(problemsOf(node, { groupBy: 'x', operations: [null] })).toEqual([]);
  });

  it('sees own members alone', async () => {
    const operations = [
      { field: 'length', op: 'count' },
      { field: 'toString', op: 'count' },
    ];
    expect(await outputOf(node, { items: ['text', [1], {}], operations })).toEqual({
      count_length: 0,
      count_toString: 0,
    });
  });
});
