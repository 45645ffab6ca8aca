import { failureOf, outputOf, problemsOf, runNode } from '../test-call';
import { ConditionNode } from './condition.node';
import { SwitchNode } from './switch.node';

describe('flow.condition', () => {
  const node = new ConditionNode();

  it.each([
    [[true], undefined, 'true'],
    [[false], undefined, 'false'],
    [[true, true], 'AND', 'true'],
    [[true, false], 'AND', 'false'],
    [[false, true], 'OR', 'true'],
    [[false, false], 'OR', 'false'],
  ])('%j by %s goes to %s', async (conditions, logicalOperator, port) => {
    const parameters = { conditions, ...(logicalOperator && { logicalOperator }) };
    expect(await outputOf(node, parameters, { values: [{ a: 1 }, 'second'] }, port)).toEqual({ a: 1 });
  });

  it('passes on what started the run where nothing comes in, and null where null comes in', async () => {
    const scope = { $trigger: { payload: 1 } };
    expect(await outputOf(node, { conditions: [true] }, { scope }, 'true')).toEqual({ payload: 1 });
    expect(await outputOf(node, { conditions: [true] }, { scope, values: [null] }, 'true')).toBeNull();
  });

  it.each([
    [[true, 1], 'Condition 2 must give true or false, not a number'],
    [[null, true], 'Condition 1 must give true or false, not nothing'],
    [['true'], 'Condition 1 must give true or false, not a text'],
    // Also where another one has decided already.
    [[false, {}], 'Condition 2 must give true or false, not an object'],
  ])('refuses %j', async (conditions, message) => {
    expect(await failureOf(node, { conditions })).toBe(message);
  });

  it('is checked', () => {
    expect(problemsOf(node, { conditions: ['$index > 1', true, '  ', null, 5] })).toEqual([
      'conditions[2]: Condition 3 is required',
      'conditions[3]: Condition 4 is required',
      'conditions[4]: Condition 5 must be a text',
    ]);
    expect(problemsOf(node, { conditions: 'x' })).toEqual([]);
  });
});

describe('flow.switch', () => {
  const node = new SwitchNode();
  const cases = (...results: unknown[]) => results.map((expression, index) => ({ id: `c${index}`, expression }));

  it.each([
    [cases(true, false, true), undefined, ['c0', 'c2']],
    [cases(false, true, true), 'first', ['c1']],
    [cases(false, false), 'all', ['default']],
  ])('%j by %s goes to %j', async (given, matchMode, ports) => {
    const result = await runNode(node, { cases: given, ...(matchMode && { matchMode }) }, { values: [7] });
    expect(result).toEqual({ kind: 'emit', emissions: ports.map((port) => ({ port, value: 7 })) });
  });

  it('refuses what is no decision', async () => {
    expect(await failureOf(node, { cases: cases(true, 0), matchMode: 'first' })).toBe(
      'Case c1 must give true or false, not a number',
    );
  });

  it('is checked', () => {
    const given = [
      { id: 'a', expression: 'x' },
      { id: 'default', expression: true },
      { id: 'a', expression: '' },
      'none',
      { id: 'b' },
    ];
    expect(problemsOf(node, { cases: given })).toEqual([
      'cases[1].id: Id default is reserved',
      'cases[2].expression: Expression of case 3 is required',
      'cases[2].id: Id a is given to two cases',
      'cases[4].expression: Expression of case 5 is required',
    ]);
  });
});
