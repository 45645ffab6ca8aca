import { readScript } from './script';

describe('readScript', () => {
  it.each([
    ['$trigger.a + $index', ['$trigger', '$index'], [], false],
    ['{ a: $item }', ['$item'], [], false],
    ['const a = $node["Read PLC"];\nreturn a.b + $node.Other?.c;', ['$node'], ['["Read PLC"]', '.Other'], false],
    ['$node["A"].x // the last line', ['$node'], ['["A"]'], false],
    ['Object.keys($node)', ['$node'], [], true],
    ['"$trigger" + `${$item}`', ['$item'], [], false],
    ['let $x = 1; return $x;', [], [], false],
  ])('%s', (code, variables, places, anyNode) => {
    const script = readScript(code);
    expect([...script.variables]).toEqual(variables);
    expect(script.nodes.map(({ start, end }) => code.slice(start, end))).toEqual(places);
    expect(script.anyNode).toBe(anyNode);
  });

  it.each([
    ['return 1 +', 10],
    ['const a = 1;\nconst a = 2;', 19],
    ['yield = 1', 0],
    ['import("fs").then(', 18],
    ['}', 0],
  ])('%s cannot be read at %s', (code, offset) => {
    expect(() => readScript(code)).toThrow(expect.objectContaining({ name: 'ExpressionError', offset }));
  });
});
