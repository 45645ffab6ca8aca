import type { JsonValue } from '#kernel';
import { Sandbox } from '#platform/sandbox';
import { Parameters } from './parameters';
import { renameNode } from './rename-node';
import type { Scope } from './variables';

const MOMENT = { now: 0, seed: 1 };

describe('Parameters', () => {
  const sandbox = new Sandbox({ timeMs: 20_000, memoryBytes: 32 * 1024 * 1024, outputLength: 1_000_000 });
  const compute = (source: JsonValue, scope: Scope = {}) => new Parameters(source).compute(scope, sandbox, MOMENT);

  it.each<[JsonValue, Scope, JsonValue]>([
    [{ a: 1, b: ['x', null] }, {}, { a: 1, b: ['x', null] }],
    ['{{ $trigger.payload }}', { $trigger: { payload: { a: [1] } } }, { a: [1] }],
    ['$.payload.id', { $input: [{ payload: { id: 7 } }] }, 7],
    [{ topic: 'mHv1.0/{{ $item.line }}/temperature' }, { $item: { line: 'l1' } }, { topic: 'mHv1.0/l1/temperature' }],
    ['{{ $index }}:{{ $index + 1 }}', { $index: 1 }, '1:2'],
    ['a{{ null }}b{{ undefined }}c{{ [1, { x: 2 }] }}d{{ true }}', {}, 'abc[1,{"x":2}]dtrue'],
    [{ keep: 1, gone: '{{ $item }}', list: ['{{ $item }}'] }, {}, { keep: 1, list: [null] }],
    ['{{ $node["A b"].value * 2 }}', { $node: { 'A b': { value: 21 }, other: { large: 'x' } } }, 42],
    ['{{ Object.keys($node).length }}', { $node: { a: 1, b: 2 } }, 2],
    ['{{ typeof $item }}', {}, 'undefined'],
    ['{{ $trigger.list.length }}', { $trigger: { list: [1, 2] } }, 2],
    ['{{ $trigger.text.length }}', { $trigger: { text: 'four' } }, 4],
    ['{{ $trigger.list.map((x) => x + 1) }}', { $trigger: { list: [1] } }, [2]],
    ['{{ ($index + 1) }}:{{ ($index) }}', { $index: 1 }, '2:1'],
    ['{{ ($node["A"]).a + ($node).A.a }}', { $node: { A: { a: 1 } } }, 2],
    ['{{ ($trigger?.a).b }}', { $trigger: { a: { b: 1 } } }, 1],
    ['{{ {a: {b: $index}} }}', { $index: 3 }, { a: { b: 3 } }],
    [{ 'a/b~c': ['{{ 1 + 1 }}'] }, {}, { 'a/b~c': [2] }],
  ])('%j with %j', async (source, scope, result) => {
    expect(await compute(source, scope)).toEqual(result);
  });

  it('asks the interpreter once, with what is needed', async () => {
    const asked: unknown[] = [];
    const parameters = new Parameters([
      '{{ $node.A.toFixed() }}',
      '{{ $node.B }}',
      'x{{ 2 ** $index }}',
      '{{ $node.C.d }}',
    ]);
    const scope = { $node: { A: 1, B: 2, C: { d: 3 }, D: 4 }, $index: 5, $trigger: 'large' };
    await parameters.compute(
      scope,
      {
        evaluateAll: (scripts, values, moment) => {
          asked.push(values);
          return sandbox.evaluateAll(scripts, values, moment);
        },
      },
      MOMENT,
    );
    expect(asked).toEqual([{ $node: { A: 1 }, $index: 5 }]);
  });

  it.each([
    [{ a: { b: ['{{ 1 + }}'] } }, '/a/b/0', 'syntax'],
    [{ 'x/y': '{{ $trigger.a.b }}' }, '/x~1y', 'thrown'],
    [['{{ 1 + 1 }}', '{{ missing() }}'], '/1', 'thrown'],
  ])('%j fails at %s', async (source, pointer, fault) => {
    const failing = Promise.resolve().then(() => compute(source, { $trigger: {} }));
    await expect(failing).rejects.toMatchObject({ name: 'ParameterError', pointer, fault });
  });

  it.each<[string, string, string, object | undefined]>([
    ['{{ 1 + }}', 'Unexpected token', 'syntax', { line: 1, column: 8 }],
    ['a\nb {{ 1 +\n  * 2 }}', 'Unexpected token', 'syntax', { line: 3, column: 3 }],
    ['{{ "😀" + + }}', 'Unexpected token', 'syntax', { line: 1, column: 13 }],
    ['{{ $trigger.a.b }}', "TypeError: cannot read property 'b' of undefined", 'thrown', { line: 1, column: 11 }],
    ['{{ 1 +\n $trigger.a.b }}', "TypeError: cannot read property 'b' of undefined", 'thrown', { line: 2, column: 12 }],
    ['{{ "ä😀" +\n "😀" + none }}', "ReferenceError: 'none' is not defined", 'thrown', { line: 2, column: 9 }],
    ['{{ [1].map((x) => {\r\n  throw new Error("m") }) }}', 'm', 'thrown', { line: 2, column: 18 }],
    ['{{ (() => { for (;;) {\n } })() }}', 'it took longer than it may', 'timeout', undefined],
  ])('%j fails with message and place', async (text, message, fault, position) => {
    const timeMs = fault === 'timeout' ? 50 : 20_000;
    const inside = new Sandbox({ timeMs, memoryBytes: 32 * 1024 * 1024, outputLength: 1_000 });
    const failures = [1, 2].map(() =>
      Promise.resolve()
        .then(() => new Parameters({ a: ['x', text] }).compute({ $trigger: {} }, inside, MOMENT))
        .catch((error: unknown) => error),
    );
    for (const failure of await Promise.all(failures)) {
      expect(failure).toMatchObject({ name: 'ParameterError', pointer: '/a/1', message, fault, position });
    }
  });

  it('names the first that fails, whichever way it is computed', async () => {
    const failing = compute(['{{ 1 }}', '{{ $trigger.a.b }}', '{{ missing() }}'], { $trigger: {} });
    await expect(failing).rejects.toMatchObject({ pointer: '/1', expression: '$trigger.a.b' });
  });

  it('gives every expression the values as they came', async () => {
    const scope = { $trigger: { list: [2, 1] } };
    const source = ['{{ $trigger.list.sort()[0] }}', '{{ $trigger.list.map(String) }}', '{{ $trigger.list }}'];
    expect(await compute(source, scope)).toEqual([1, ['2', '1'], [2, 1]]);
  });

  it('refuses texts that grow too long', async () => {
    const failing = compute('{{ $trigger }}'.repeat(20), { $trigger: 'x'.repeat(1_000_000) });
    await expect(failing).rejects.toMatchObject({ name: 'ParameterError', fault: 'output', pointer: '' });
  });
});

describe('renameNode', () => {
  it.each<[JsonValue, JsonValue]>([
    ['{{ $node["Old"].x }}', '{{ $node["New \\"1\\""].x }}'],
    ["{{ $node['Old'] + $node.Old.y }}", '{{ $node["New \\"1\\""] + $node["New \\"1\\""].y }}'],
    ['{{ $node?.Old }} {{ $node.Older }}', '{{ $node?.["New \\"1\\""] }} {{ $node.Older }}'],
    ['{{ $node["Old"] + $node[$index] }}', '{{ $node["New \\"1\\""] + $node[$index] }}'],
    ['Old {{ "Old" }} {{ $trigger.Old }}', 'Old {{ "Old" }} {{ $trigger.Old }}'],
    ['{{ $node["Old" }}', '{{ $node["Old" }}'],
    [{ Old: ['{{ $node.Old }}', 1, null] }, { Old: ['{{ $node["New \\"1\\""] }}', 1, null] }],
  ])('%j', (before, after) => {
    expect(renameNode(before, 'Old', 'New "1"')).toEqual(after);
  });
});
