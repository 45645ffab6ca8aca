import fc from 'fast-check';
import type { JsonValue } from '#kernel';
import { Sandbox } from '#platform/sandbox';
import type { Expression } from './expression';
import { followPath, NOT_PLAIN } from './follow-path';
import { Parameters, type Scope } from './parameters';
import { renameNode } from './rename-node';
import { parseTemplate } from './template';

const MOMENT = { now: 0, seed: 1 };

describe('Parameters', () => {
  const sandbox = new Sandbox({ timeMs: 1_000, memoryBytes: 32 * 1024 * 1024, outputLength: 1_000_000 });
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
    const parameters = new Parameters(['{{ $node.A + 1 }}', '{{ $node.B }}', 'x{{ $index + 1 }}', '{{ $node.C.d }}']);
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

  it('follows paths as JavaScript does', async () => {
    const key = fc.constantFrom('a', 'b', 'length', '0', 'toString', 'constructor', '__proto__', 'map');
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(null, true, 0, 1.5, '', 'text'),
        fc.array(tie('value'), { maxLength: 2 }),
        fc.dictionary(fc.constantFrom('a', 'b', 'length', 'toString'), tie('value'), {
          maxKeys: 3,
          noNullPrototype: true,
        }),
      ),
    })).value as fc.Arbitrary<JsonValue>;
    const steps = fc.array(fc.tuple(key, fc.boolean()), { maxLength: 3 });
    await fc.assert(
      fc.asyncProperty(value, steps, async ($trigger, chain) => {
        const source = `$trigger${chain.map(([name, optional]) => `${optional ? '?.' : ''}["${name}"]`).join('')}`;
        const { path } = parseTemplate(`{{ ${source} }}`)!.parts[0] as Expression;
        const outcome = async (work: () => unknown) => {
          try {
            return { value: await work() };
          } catch {
            return 'threw';
          }
        };
        const plain = await outcome(() => followPath(path!, $trigger));
        if (plain !== 'threw' && plain.value === NOT_PLAIN) return;
        const real = await outcome(() => sandbox.evaluate({ source, parameters: ['$trigger'] }, { $trigger }, MOMENT));
        expect(plain).toEqual(real);
      }),
      { numRuns: 300 },
    );
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
