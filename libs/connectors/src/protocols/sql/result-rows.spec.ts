import { LARGEST_RESULT, ResultRows } from './result-rows';

describe('the rows of a result', () => {
  it('are told by their columns, each by a name of its own', () => {
    const rows = new ResultRows(10);
    rows.describe(['a', 'a', '', '__proto__', 'a_2'].map((name) => ({ name, type: 'int' })));
    rows.add(1, () => [1, 2, 3, 4, 5]);
    expect(JSON.stringify(rows.toJson())).toBe(
      JSON.stringify({
        rows: [JSON.parse('{"a":1,"a_2":2,"column_3":3,"__proto__":4,"a_2_2":5}')],
        rowCount: 1,
        fields: ['a', 'a_2', 'column_3', '__proto__', 'a_2_2'].map((name) => ({ name, type: 'int' })),
        truncated: false,
      }),
    );
  });

  it('are cut in number', () => {
    const rows = new ResultRows(2);
    for (let n = 0; n < 3; n++) rows.add(1, () => []);
    expect([rows.toJson()['rowCount'], rows.truncated, rows.tooLarge, rows.seen]).toEqual([2, true, false, 3]);
  });

  it('are cut in bytes, and never go on after a gap', () => {
    const rows = new ResultRows(10);
    rows.add(LARGEST_RESULT, () => []);
    rows.add(1, () => []);
    rows.add(0, () => []);
    expect([rows.toJson()['rowCount'], rows.truncated, rows.tooLarge]).toEqual([1, true, true]);
  });
});
