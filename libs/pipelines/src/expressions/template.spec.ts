import type { Expression } from './expression';
import { LONGEST_EXPRESSION, parseTemplate } from './template';

const sources = (text: string) =>
  parseTemplate(text)?.parts.map((part) => (typeof part === 'string' ? part : { js: part.source }));

const only = (text: string) => parseTemplate(text)!.parts[0] as Expression;

describe('parseTemplate', () => {
  it.each([
    ['plain text', undefined],
    ['$5 off', undefined],
    ['$trigger', undefined],
    ['price: $.a', undefined],
    ['{{ $trigger.a }}', [{ js: '$trigger.a' }]],
    ['a {{ 1 + 1 }} b{{"c"}}', ['a ', { js: '1 + 1' }, ' b', { js: '"c"' }]],
    ['{{ {a: {b: 1}} }}', [{ js: '{a: {b: 1}}' }]],
    ['{{ "}}" + `}}${"}}"}` }}', [{ js: '"}}" + `}}${"}}"}`' }]],
    ['{{ /}}/.test($input[0]) }}', [{ js: '/}}/.test($input[0])' }]],
    ['{{ $trigger.a /* }} */ }}', [{ js: '$trigger.a' }]],
    ['{{ $items.map((i) => { return i }) }}!', [{ js: '$items.map((i) => { return i })' }, '!']],
    ['{{ (1 + 1) }}{{((2))}}', [{ js: '(1 + 1)' }, { js: '((2))' }]],
    ['{{1}}{{2}}', [{ js: '1' }, { js: '2' }]],
    ['}} {{ 1 }}', ['}} ', { js: '1' }]],
    ['$.payload.id', [{ js: '$input[0].payload.id' }]],
    ['$[0]["a b"].c', [{ js: '$input[0][0]["a b"].c' }]],
  ])('%j', (text, parts) => {
    expect(sources(text)).toEqual(parts);
  });

  it.each([
    ['{{', 2],
    ['{{ }}', 3],
    ['{{ 1', 4],
    ['{{ 1 }', 5],
    ['{{ a b }}', 5],
    ['text {{ 1 +* 2 }}', 11],
    ['{{ await 1 }}', 9],
    ['{{ const a = 1 }}', 3],
  ])('%j is refused at character %d', (text, offset) => {
    expect(() => parseTemplate(text)).toThrow(expect.objectContaining({ name: 'ExpressionError', offset }));
  });

  it('refuses a document for an expression', () => {
    expect(() => parseTemplate(`{{ "${'x'.repeat(LONGEST_EXPRESSION)}" }}`)).toThrow(/longer than/);
  });

  it('knows what an expression names', () => {
    const { variables, nodes, anyNode } = only('{{ $node["Read line"].value + $node.Other?.x + $index }}');
    expect([...variables]).toEqual(['$node', '$index']);
    expect(nodes.map(({ name }) => name)).toEqual(['Read line', 'Other']);
    expect(anyNode).toBe(false);
    expect(only('{{ Object.keys($node) }}').anyNode).toBe(true);
    expect(only('{{ $node[$trigger.name] }}').anyNode).toBe(true);
    expect(only('{{ ({ $node: 1 }).$node + other.$item }}').variables.size).toBe(0);
  });

  it.each([
    '$trigger',
    '$trigger.a.b',
    '$input[0]["x y"]?.z',
    '$input[$index].a',
    '($trigger?.a).b',
    '-$index * 2 >= 1e3 ? "a" : `b${$index}`',
    '{ a: [1, $index], "b c": typeof $item, $trigger }',
  ])('needs no interpreter for %s', (source) => {
    expect(only(`{{ ${source} }}`).plain).toBeDefined();
  });

  it.each([
    '$trigger.a()',
    'other.a',
    '2 ** 3',
    '[...$input]',
    '{ __proto__: 1 }',
    '{ [$index]: 1 }',
    '/a/',
    '1n',
    '[,1]',
  ])('needs one for %s', (source) => {
    expect(only(`{{ ${source} }}`).plain).toBeUndefined();
  });

  it('refuses or leaves to the interpreter what is nested very deeply', () => {
    const nested = (depth: number) => `{{ ${'('.repeat(depth)}1${')'.repeat(depth)} }}`;
    expect(() => parseTemplate(nested(9_000))).toThrow(/stack space/);
    expect(only(`{{ ${'-'.repeat(1).concat('(-'.repeat(300))}1${')'.repeat(300)} }}`).plain).toBeUndefined();
    expect(only(`{{ 1${' + 1'.repeat(150)} }}`).plain?.({})).toBe(151);
  });
});
