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
    ['$trigger', '$trigger', []],
    ['$trigger.a.b', '$trigger', ['a', 'b']],
    ['$input[0]["x y"]?.z', '$input', [0, 'x y', 'z']],
  ])('reads %s as a path', (source, variable, keys) => {
    const { path } = only(`{{ ${source} }}`);
    expect(path?.variable).toBe(variable);
    expect(path?.steps.map(({ key }) => key)).toEqual(keys);
  });

  it.each([
    '$trigger.a()',
    '$trigger[$index]',
    '($trigger?.a).b',
    'other.a',
    '-$index',
    '$trigger.a + 1',
    '$input[1.5]',
  ])('reads %s as JavaScript', (source) => {
    expect(only(`{{ ${source} }}`).path).toBeUndefined();
  });
});
