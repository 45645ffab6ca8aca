import type { JsonObject, NodeDefinition } from '../node-types';
import { mapReferences, referencesOf, strangeReferences } from './references';

const A = '01890a5d-ac96-774b-bcce-b302099a8001';
const B = '01890a5d-ac96-774b-bcce-b302099a8002';

const reference = (mark: string): JsonObject => ({ type: 'string', 'x-reference': mark });

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
      modelId: reference('model'),
      lists: { type: 'array', items: { type: 'object', properties: { id: reference('connection') } } },
      choice: { oneOf: [{ type: 'null' }, reference('function')] },
      rule: { ...reference('pipeline'), 'x-expression': true },
      code: { ...reference('pipeline'), 'x-deferred': true },
      topic: reference('topic'),
      topics: { type: 'array', items: reference('topic-filter') },
      usual: { ...reference('topic'), default: 'factory/usual' },
      text: { type: 'string' },
    },
    additionalProperties: false,
  },
  example: { parameters: {} },
  pure: true,
};

const refersTo = (parameters: JsonObject): string[] =>
  referencesOf(DEFINITION, { usual: '', ...parameters }).map(
    ({ parameter, kind, type, key }) => `${parameter} ${kind} ${type} ${key}`,
  );

describe('what parameters refer to', () => {
  it.each<[string, JsonObject, string[]]>([
    ['an id', { modelId: A }, [`modelId uses model ${A}`]],
    ['an id in capitals', { modelId: A.toUpperCase() }, [`modelId uses model ${A}`]],
    ['no id', { modelId: 'model' }, []],
    [
      'ids in lists',
      { lists: [{ id: A }, { id: B }] },
      [`lists[0].id uses connection ${A}`, `lists[1].id uses connection ${B}`],
    ],
    ['a branch of a union', { choice: A }, [`choice uses function ${A}`]],
    ['a place that is not marked', { text: A }, []],
    [
      'ids in an expression',
      { modelId: `{{ $item ? "${A}" : '${B}' }}` },
      [`modelId uses model ${A}`, `modelId uses model ${B}`],
    ],
    ['a text that is an expression', { rule: `$item.id || "${A}"` }, [`rule uses pipeline ${A}`]],
    ['a text that the node reads itself', { code: A }, [`code uses pipeline ${A}`]],
    ['what cannot be read', { modelId: `{{ "${A}" ` }, []],
    ['an expression that is missing', { rule: '' }, []],
    ['a value that is no text', { modelId: 5, lists: { id: A } }, []],
    ['the shorthand', { modelId: `$["${A}"]` }, []],
  ])('%s', (_, parameters, expected) => {
    expect(refersTo(parameters)).toEqual(expected);
  });

  it.each<[string, string[]]>([
    ['factory/speed', ['uses topic mHv1.0/factory/speed']],
    ['mHv1.0/factory/speed', ['uses topic mHv1.0/factory/speed']],
    ['factory//speed', []],
    ['factory/+/speed', []],
    ['factory/{{ $item }}/speed', ['matches topic mHv1.0/factory/+/speed']],
    ['mHv1.0/factory/line-{{ $item }}/speed', ['matches topic mHv1.0/factory/+/speed']],
    ['{{ $item }}/speed', ['matches topic mHv1.0/+/speed']],
    ['factory/{{ $item }}', ['matches topic mHv1.0/factory/#']],
    ['factory/line-{{ $item }}', ['matches topic mHv1.0/factory/+']],
    ['factory/{{ $item }}{{ $index }}', ['matches topic mHv1.0/factory/+']],
    ['{{ $item }}', []],
    ['{{ $item }}/{{ $item }}', []],
    ['factory/{{ $item }}//speed', []],
    ['factory/#/{{ $item }}', []],
    ['{{ $item ? "mHv1.0/a" : "mHv1.0/b//" }}', ['uses topic mHv1.0/a']],
    ['{{ "factory/a" }}', []],
    ['factory/{{ $item || "mHv1.0/a" }}/x', ['matches topic mHv1.0/factory/+/x', 'uses topic mHv1.0/a']],
    ['$.topic', []],
  ])('the topic %s', (topic, expected) => {
    expect(refersTo({ topic })).toEqual(expected.map((target) => `topic ${target}`));
  });

  it.each<[string, string[]]>([
    ['mHv1.0/factory/speed', ['uses topic mHv1.0/factory/speed']],
    ['factory/speed', []],
    ['mHv1.0/factory/+/speed', ['matches topic mHv1.0/factory/+/speed']],
    ['+/factory/#', ['matches topic +/factory/#']],
    ['#', ['matches topic #']],
    ['factory/#', []],
    ['mHv1.0/a+', []],
    ['mHv1.0/{{ $item }}/+/speed', ['matches topic mHv1.0/+/+/speed']],
    ['mHv1.0/{{ $item }}/+', []],
    ['{{ $item ? "mHv1.0/a/#" : "mHv1.0/b" }}', ['matches topic mHv1.0/a/#', 'uses topic mHv1.0/b']],
  ])('the filter %s', (filter, expected) => {
    expect(refersTo({ topics: [filter] })).toEqual(expected.map((target) => `topics[0] ${target}`));
  });

  it('is also what a default says', () => {
    expect(referencesOf(DEFINITION, {})).toEqual([
      { kind: 'uses', type: 'topic', key: 'mHv1.0/factory/usual', parameter: 'usual' },
    ]);
  });
});

describe('other references', () => {
  const named = (parameters: JsonObject) =>
    mapReferences(DEFINITION, parameters, (type, text) => (text === A ? `mhub://${type}/It's "a"` : text));
  const back = (parameters: JsonObject) =>
    mapReferences(DEFINITION, parameters, (_, text) => (text.startsWith('mhub://') ? A : text));

  it('stand in the places of ids, in expressions too, and nowhere else', () => {
    const parameters = {
      modelId: A,
      lists: [{ id: A.toUpperCase() }, { id: B }, { id: 7 }],
      choice: null,
      rule: `$item == '${A}' ? "${B}" : ("${A}")`,
      code: A,
      topic: 'mHv1.0/a',
      text: A,
    };
    expect(named(parameters)).toEqual({
      modelId: `mhub://model/It's "a"`,
      lists: [{ id: `mhub://connection/It's "a"` }, { id: B }, { id: 7 }],
      choice: null,
      rule: `$item == "mhub://pipeline/It's \\"a\\"" ? "${B}" : ("mhub://pipeline/It's \\"a\\"")`,
      code: `mhub://pipeline/It's "a"`,
      topic: 'mHv1.0/a',
      text: A,
    });
    expect(back(named(parameters))).toEqual({
      ...parameters,
      lists: [{ id: A }, { id: B }, { id: 7 }],
      rule: `$item == "${A}" ? "${B}" : ("${A}")`,
    });
  });

  it('leave alone what cannot be read', () => {
    const parameters = { modelId: `{{ "${A}" `, rule: '', choice: `$["${A}"]` };
    expect(named(parameters)).toEqual(parameters);
  });

  it('never make an expression one that cannot be read', () => {
    const rule = `"${A}" ${'/* long */ '.repeat(1_800)}`;
    const long = (parameters: JsonObject) => mapReferences(DEFINITION, parameters, () => 'x'.repeat(1_000));
    expect(long({ rule })).toEqual({ rule });
  });
});

it('tells texts that lead nowhere, whatever comes', () => {
  const parameters = {
    modelId: 'Motor',
    lists: [{ id: A }, { id: 'mhub://connection/MES' }, { id: '' }, { id: 7 }],
    choice: '{{ $item.id }}',
    rule: '$item.id',
    topic: 'any',
    text: 'plain',
  };
  expect(strangeReferences(DEFINITION, parameters)).toEqual([
    { parameter: 'modelId', type: 'model' },
    { parameter: 'lists[2].id', type: 'connection' },
  ]);
});
