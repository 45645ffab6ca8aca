import { briefly, failureOf, outputOf, problemsOf, testCall, NOW } from '../test-call';
import { JavaScriptNode } from './javascript.node';

describe('code.javascript', () => {
  const node = new JavaScriptNode();
  const scope = {
    $trigger: { payload: { v: 21 } },
    $node: { 'Read PLC': { v: 1 }, Other: { large: true } },
    $input: [{ v: 2 }],
    $item: 3,
    $index: 4,
  };

  it.each([
    ['$trigger.payload.v * 2', 42],
    ['return $trigger.payload.v * 2', 42],
    ['{ a: $item, b: $index }', { a: 3, b: 4 }],
    ['const [first] = $input;\nreturn first.v + $node["Read PLC"].v;', 3],
    ['Object.keys($node).sort()', ['Other', 'Read PLC']],
    ['Object.keys(((all) => all)($node)).length // all of them', 2],
    ['$node["Read PLC"] && Object.keys({ ...$node["Read PLC"] })', ['v']],
    ['Date.now()', NOW],
    ['undefined', null],
    ['if ($item > 5) return 1;', null],
    ['[1, undefined, NaN]', [1, null, null]],
    ['$trigger.payload.v = 5, $trigger.payload.v', 5],
  ])('%s', async (code, result) => {
    expect(await outputOf(node, { code }, { scope })).toEqual({ result });
    expect(scope.$trigger.payload.v).toBe(21);
  });

  it('is handed what it names and no more', async () => {
    const asked: unknown[] = [];
    const scripts = {
      evaluateAll: (given: unknown, values: unknown) => {
        asked.push(given, values);
        return Promise.resolve([1]);
      },
    };
    const code = 'return $node["Read PLC"].v + $item;';
    await outputOf(node, { code }, { scope, scripts });
    expect(asked).toEqual([
      [{ source: code, parameters: ['$node', '$item'] }],
      { $node: { 'Read PLC': { v: 1 } }, $item: 3 },
    ]);
  });

  it('gives the same again', async () => {
    const code = '[Math.random(), new Date().toISOString()]';
    expect(await outputOf(node, { code })).toEqual(await outputOf(node, { code }));
  });

  it.each([
    ['const a = 1;\nthrow new Error("no " + a)', /^Code: no 1 \(line 2, column \d+\)$/],
    ['$trigger.a.b.c', /^Code: TypeError: .* \(line 1/],
    ['const a = []; a.push("x".repeat(50_000_000))', /^Code: it takes more memory than it may/],
    ['"x".repeat(6000000)', /^Code: its result is too large/],
    [
      'let deep = []; for (let n = 0; n < 200; n++) deep = [deep]; return deep;',
      /^Code: its result is nested deeper than 64/,
    ],
    ['"a\\0b"', /^Code: its result contains the NUL character/],
    ['Promise.resolve(1)', /^Code: it is asynchronous/],
    ['process.exit()', /^Code: ReferenceError/],
    ['require("fs")', /^Code: ReferenceError/],
    ['return (', /^Code: Unexpected token \(line 1, column 9\)$/],
    ['const a = {}; a.a = a; return a;', /^Code: TypeError: circular reference/],
  ])('%s fails', async (code, message) => {
    expect(await failureOf(node, { code }, { scope })).toMatch(message);
  });

  it('ends in its time', async () => {
    expect(await failureOf(node, { code: 'for (;;);' }, briefly)).toMatch(/^Code: it took longer than it may/);
  });

  it('is not tried again, and says where it failed', async () => {
    const failing = node.run(testCall({ code: 'return 1 +\n  missing' }) as never);
    await expect(failing).rejects.toMatchObject({
      retryable: false,
      details: { fault: 'thrown', position: { line: 2, column: expect.any(Number) } },
    });
  });

  it.each([
    ['1 + 1', []],
    ['return 1', []],
    ['', ['code: Code is required']],
    ['const a = 1;\nconst b = ;', ['code: Code: Unexpected token (line 2, column 11)']],
    ['with (Math) { return PI }', [expect.stringContaining("code: Code: 'with' in strict mode (line 1, column 1)")]],
    ['import fs from "fs"', [expect.stringContaining('(line 1, column 1)')]],
    ['await 1', [expect.stringContaining('line 1')]],
  ])('checks %s', (code, problems) => {
    expect(problemsOf(node, { code })).toEqual(problems);
  });
});
