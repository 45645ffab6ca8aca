import { briefly, failureOf, outputOf, problemsOf } from '../test-call';
import { FilterNode } from './filter.node';

describe('transform.filter', () => {
  const node = new FilterNode();
  const items = [{ v: 1 }, { v: 5 }, { v: 9 }];

  it.each([
    ['$item.v > 3', [{ v: 5 }, { v: 9 }]],
    ['{{ $item.v > 3 }}', [{ v: 5 }, { v: 9 }]],
    ['$index !== 1', [{ v: 1 }, { v: 9 }]],
    ['$item.v > $trigger.limit', [{ v: 9 }]],
    ['$item.v === $node["Best"].v', [{ v: 5 }]],
    ['($trigger, $item.v > 3)', [{ v: 5 }, { v: 9 }]],
    ['$trigger, $item.v > 3', [{ v: 5 }, { v: 9 }]],
    ['/* the best */ $item.v > 8 /* of all */', [{ v: 9 }]],
    ['false', []],
  ])('%s', async (condition, output) => {
    const scope = { $trigger: { limit: 6 }, $node: { Best: { v: 5 } }, $item: { v: 100 }, $index: 1 };
    expect(await outputOf(node, { items, condition }, { scope })).toEqual(output);
  });

  it('hands over what is named and no more, once for all items', async () => {
    const asked: unknown[] = [];
    await outputOf(
      node,
      { items: [1, 2], condition: '$node.A > $item' },
      {
        scope: { $node: { A: 1, B: 2 }, $item: 'of the loop', $trigger: 'large' },
        scripts: {
          evaluateAll: (scripts, values) => {
            asked.push(scripts.length, values);
            return Promise.resolve([[true, false]]);
          },
        },
      },
    );
    expect(asked).toEqual([1, { $node: { A: 1 }, $items: [1, 2] }]);
  });

  it.each([
    ['$item.v', 'Condition must give true or false for each item, and does not for item 1'],
    ['$index === 0 || undefined', 'Condition must give true or false for each item, and does not for item 2'],
    ['$item.v.x.y === 1', expect.stringMatching(/^Condition: item 1: TypeError/)],
    ['$index === 2 ? missing : true', expect.stringMatching(/^Condition: item 3: ReferenceError/)],
    ['(function deep() { return deep(); })()', expect.stringMatching(/^Condition: it calls itself too deeply/)],
  ])('%s fails', async (condition, message) => {
    expect(await failureOf(node, { items, condition })).toEqual(message);
  });

  it('ends in its time', async () => {
    const failure = await failureOf(node, { items, condition: '(() => { for (;;); })()' }, briefly);
    expect(failure).toMatch(/^Condition: it took longer than it may/);
  });

  it('takes many items, and no others', async () => {
    const many = Array.from({ length: 100_000 }, (_, index) => index);
    expect(await outputOf(node, { items: many, condition: '$item % 2 === 0' })).toHaveLength(50_000);
    expect(await failureOf(node, { items: [...many, 1], condition: 'true' })).toContain('at most 100,000 items');
    expect(await failureOf(node, { items: 'abc', condition: 'true' })).toBe('Items must be an array, not a text');
  });

  it.each([
    ['$item.v > 3', []],
    ['$.limit', []],
    ['', ['condition: Condition is required']],
    ['$item.v >', ['condition: Condition cannot be read: Unexpected token at character 10']],
    ['true)); leave(', ['condition: Condition cannot be read: Unexpected text after the expression at character 5']],
    ['return true', [expect.stringContaining('condition: Condition cannot be read')]],
    ['{{ $item }} {{ $index }}', [expect.stringContaining('It must be one expression')]],
  ])('checks %s', (condition, problems) => {
    expect(problemsOf(node, { condition })).toEqual(problems);
  });
});
