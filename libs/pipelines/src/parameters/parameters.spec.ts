import { Sandbox } from '#platform/sandbox';
import type { JsonObject, NodeDefinition } from '../node-types';
import { compileParameters } from './compile-parameters';
import { mentionsOf, parameterProblems, unreadable } from './parameter-problems';
import { renameMentions } from './rename-mentions';
import { mapSecrets } from './secrets';

const DEFINITION: NodeDefinition = {
  type: 'test.node',
  category: 'transform',
  title: 'Test',
  description: '',
  documentation: '',
  inputs: ['in'],
  outputs: ['out'],
  parameters: {
    type: 'object',
    properties: {
      text: { type: 'string', minLength: 2 },
      count: { type: 'integer', minimum: 1, default: 7 },
      mode: { enum: ['a', 'b'] },
      rules: { type: 'array', items: { type: 'boolean', 'x-expression': true } },
      either: {
        oneOf: [{ type: 'string' }, { type: 'object', required: ['a'], properties: { a: { type: 'number' } } }],
      },
      options: { type: 'object', properties: { deep: { type: 'string', maxLength: 5, default: '{{ $input[0] }}' } } },
      condition: { type: 'string', 'x-expression': true, 'x-deferred': true },
      code: { type: 'string', 'x-deferred': true },
      auth: { type: 'object', additionalProperties: { type: 'string', 'x-secret': true } },
    },
    required: ['text', 'count'],
    additionalProperties: false,
  },
  example: { parameters: {} },
  pure: true,
};

const MOMENT = { now: 0, seed: 1 };

const told = (problems: { parameter: string; message: string }[]) =>
  problems.map(({ parameter, message }) => `${parameter}: ${message}`);

describe('what is wrong with parameters', () => {
  const problems = (parameters: JsonObject) => told(parameterProblems(DEFINITION, { text: 'ok', ...parameters }));

  it.each<[JsonObject, string[]]>([
    [{}, []],
    [{ text: 'x' }, ['text: text must NOT have fewer than 2 characters']],
    [{ text: '{{ 1 }}', mode: '{{ $trigger.mode }}', count: 'n {{ 1 }}' }, []],
    [{ mode: 'c', count: '5' }, ['count: count must be integer', 'mode: mode must be one of "a", "b"']],
    [
      { rules: ['1 > 0', '{{ true }}', true, ' ', 5] },
      ['rules[3]: An expression is required', 'rules[4]: rules[4] must be boolean'],
    ],
    [{ rules: '{{ [true] }}', options: {} }, []],
    [{ either: { a: '{{ 1 }}' } }, []],
    [{ either: { b: '{{ 1 }}' } }, []],
    [{ condition: '{{ a', code: '{{ a' }, []],
    [{ other: '{{ 1 }}' }, ['other: other is not known']],
  ])('%j', (parameters, expected) => {
    expect(problems(parameters)).toEqual(expected);
  });

  it('is told by the branches of a union only where nothing is open in it', () => {
    expect(problems({ either: { b: 1 } })).not.toEqual([]);
    expect(problems({ either: { a: 1 } })).toEqual([]);
  });

  it.each<[JsonObject, string[]]>([
    [
      { text: '{{ 1 +* 2 }}', rules: ['1', 'a b'] },
      ['text: Unexpected token at character 7', 'rules[1]: Unexpected text after the expression at character 3'],
    ],
    [
      { condition: 'a b', code: 'a b', rules: [''] },
      ['condition: Unexpected text after the expression at character 3'],
    ],
    [{ unknown: { 'a b': '{{' } }, ['unknown.a b: Unexpected token at character 3']],
  ])('cannot be read: %j', (parameters, expected) => {
    expect(told(unreadable(DEFINITION, parameters))).toEqual(expected);
  });
});

describe('nodes that parameters name', () => {
  const parameters = {
    text: 'A {{ $node["A"].x }}',
    rules: ['$node.A.y > 1', '{{ $node["B"] }}', ''],
    condition: '$item > $node["A"].z',
    code: 'const a = $node["A"];\nreturn a',
    options: { deep: 'A' },
  };

  it('are found in templates, expressions and code', () => {
    expect(mentionsOf(DEFINITION, parameters).map(({ parameter, name }) => `${parameter} ${name}`)).toEqual([
      'text A',
      'rules[0] A',
      'rules[1] B',
      'condition A',
      'code A',
    ]);
    expect(mentionsOf(DEFINITION, { text: '{{', code: '$node.A (' })).toEqual([]);
  });

  it('are renamed in all of them', () => {
    expect(renameMentions(DEFINITION, parameters, 'A', 'New')).toEqual({
      text: 'A {{ $node["New"].x }}',
      rules: ['$node["New"].y > 1', '{{ $node["B"] }}', ''],
      condition: '$item > $node["New"].z',
      code: 'const a = $node["New"];\nreturn a',
      options: { deep: 'A' },
    });
  });
});

describe('compiled parameters', () => {
  const sandbox = new Sandbox({ timeMs: 1_000, memoryBytes: 32 * 1024 * 1024, outputLength: 1_000_000 });

  const compute = (parameters: JsonObject, scope: object = { $trigger: { n: 2 }, $input: ['first'] }) =>
    compileParameters(DEFINITION, parameters).compute(scope, sandbox, MOMENT);

  it('are computed, with defaults, and those that are the node’s own as they stand', async () => {
    const parameters = {
      text: 'is {{ $trigger.n * 2 }}',
      rules: ['$trigger.n > 1', '{{ false }}', true],
      options: {},
      condition: '$item > {{ 1 }}',
      code: 'return "{{ 1 }}"',
    };
    // A condition like that is an expression all the same, which the node reads.
    expect(() => compileParameters(DEFINITION, { condition: 'a b' })).toThrow(
      expect.objectContaining({ name: 'ParameterError', pointer: '/condition' }),
    );
    expect(await compute(parameters)).toEqual({
      ...parameters,
      text: 'is 4',
      count: 7,
      rules: [true, false, true],
      options: { deep: 'first' },
    });
  });

  it('are read once, and the same every time where there is nothing to compute', async () => {
    const parameters = { text: 'plain', options: { deep: 'one' } };
    expect(compileParameters(DEFINITION, parameters)).toBe(compileParameters(DEFINITION, parameters));
    expect(await compute(parameters)).toBe(await compute(parameters));
  });

  it('have to fit the schema', async () => {
    await expect(compute({ text: '{{ "x" }}', count: '{{ 0 }}' })).rejects.toMatchObject({
      name: 'NodeError',
      message: 'Parameters do not fit: text must NOT have fewer than 2 characters',
      retryable: false,
      details: { problems: [{ field: 'text' }, { field: 'count' }] },
    });
    await expect(compute({ text: '{{ $trigger.a.b.c }}' })).rejects.toMatchObject({
      name: 'ParameterError',
      pointer: '/text',
    });
    // What an expression gives nothing for is missing, and no default takes its place.
    const nothing = compute({ text: 'ok', count: '{{ $trigger.none }}' });
    await expect(nothing).rejects.toMatchObject({ message: 'Parameters do not fit: count is required' });
  });

  it('tell all that they depend on', () => {
    const { expressions } = compileParameters(DEFINITION, { text: '{{ $node.A }}', condition: '$node["B"].x > $item' });
    expect(expressions.flatMap(({ nodes }) => nodes.map(({ name }) => name))).toEqual(['A', 'B']);
  });
});

it('other texts stand for secrets, and for nothing else', () => {
  const parameters = { text: 'plain', auth: { 'X-Key': 'one', 'a/b': 'two' } };
  const seen: string[] = [];
  const masked = mapSecrets(DEFINITION, parameters, (text, pointer) => {
    seen.push(`${pointer} ${text}`);
    return '***';
  });
  expect(masked).toEqual({ text: 'plain', auth: { 'X-Key': '***', 'a/b': '***' } });
  expect(seen).toEqual(['/auth/X-Key one', '/auth/a~1b two']);
});
