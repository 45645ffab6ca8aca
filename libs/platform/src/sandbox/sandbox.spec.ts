import type { JsonValue } from '#kernel';
import { Sandbox } from './sandbox';
import { ScriptError } from './script-error';

const MOMENT = { now: Date.parse('2026-01-02T03:04:05.678Z'), seed: 42 };
const LIMITS = { timeMs: 20_000, memoryBytes: 32 * 1024 * 1024, outputLength: 1_000_000 };

describe('Sandbox', () => {
  const sandbox = new Sandbox(LIMITS);
  const brief = new Sandbox({ ...LIMITS, timeMs: 50 });
  const small = new Sandbox({ ...LIMITS, memoryBytes: 8 * 1024 * 1024 });

  const evaluate = (source: string, values: Record<string, JsonValue | undefined> = {}, inside = sandbox) =>
    inside.evaluate({ source, parameters: Object.keys(values) }, values, MOMENT);

  async function failure(source: string, values: Record<string, JsonValue> = {}, inside = sandbox) {
    const error: unknown = await evaluate(source, values, inside).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ScriptError);
    const { fault, message, position } = error as ScriptError;
    return { fault, message, position };
  }

  it.each<[string, Record<string, JsonValue>, JsonValue | undefined]>([
    ['$trigger.payload.temperature * 2', { $trigger: { payload: { temperature: 21 } } }, 42],
    ['({ a: 1, b: [true, null] })', {}, { a: 1, b: [true, null] }],
    ['const x = 2;\nreturn x + 1;', {}, 3],
    ['if ($a > 1) return "high"\nreturn "low"', { $a: 2 }, 'high'],
    ['$a // why', { $a: 'kept' }, 'kept'],
    ['undefined', {}, undefined],
    ['null', {}, null],
    ['const nothing = 1', {}, undefined],
    [
      '$items.filter((i) => i.ok).map(({ n }) => n)',
      {
        $items: [
          { ok: true, n: 1 },
          { ok: false, n: 2 },
        ],
      },
      [1],
    ],
    ['"é".normalize("NFD").length', {}, 2],
    ['/(\\d+)/.exec("line 12")[1]', {}, '12'],
    ['new Map([["a", 1]]).get("a")', {}, 1],
    ['[0.1 + 0.2, 2 ** 53, -0]', {}, [0.30000000000000004, 9007199254740992, 0]],
    ['() => 1', {}, undefined],
  ])('%j gives its result', async (source, values, result) => {
    expect(await evaluate(source, values)).toEqual(result);
  });

  it('keeps the key order of objects and long numbers as JSON has them', async () => {
    expect(JSON.stringify(await evaluate('$v', { $v: { z: 1, a: 1e21, '1': 0 } }))).toBe('{"1":0,"z":1,"a":1e+21}');
  });

  it('passes values of several scripts at once', async () => {
    const parameters = ['$a', '$b'];
    const scripts = ['$a + $b', '$b', 'typeof $a'].map((source) => ({ source, parameters }));
    expect(await sandbox.evaluateAll(scripts, { $a: 1 }, MOMENT)).toEqual([null, undefined, 'number']);
    expect(await sandbox.evaluateAll([], {}, MOMENT)).toEqual([]);
  });

  it.each([
    ['at run time', 'null.x', 'thrown'],
    ['when compiling', '1 +* 2', 'syntax'],
    ['by time', 'while (true);', 'timeout'],
  ])('names the script that failed %s', async (_, source, fault) => {
    const scripts = ['1', source, '3'].map((text) => ({ source: text, parameters: [] }));
    await expect(brief.evaluateAll(scripts, {}, MOMENT)).rejects.toMatchObject({ index: 1, fault });
  });

  it('runs by a clock that stands still and random numbers of the seed', async () => {
    const source = '[Date.now(), new Date().toISOString(), Date(), Math.random(), Math.random()]';
    const [first, second] = [await evaluate(source), await evaluate(source)];
    expect(first).toEqual(second);
    expect(first).toEqual(expect.arrayContaining([MOMENT.now, '2026-01-02T03:04:05.678Z']));
    const other = await sandbox.evaluate({ source, parameters: [] }, {}, { now: 0, seed: 7 });
    expect(other).toEqual(expect.arrayContaining([0, '1970-01-01T00:00:00.000Z']));
    expect((other as number[])[3]).not.toBe((first as number[])[3]);
    const numbers = (await evaluate('Array.from({ length: 1000 }, () => Math.random())')) as number[];
    expect(numbers.every((number) => number >= 0 && number < 1)).toBe(true);
    expect(new Set(numbers).size).toBeGreaterThan(990);
  });

  it('lets scripts use dates of their own', async () => {
    expect(await evaluate('new Date("2026-05-06T07:08:09Z").getTime() - Date.UTC(2026, 4, 6, 7, 8, 9)')).toBe(0);
    expect(await evaluate('new Date(0) instanceof Date && Date.parse("1970-01-01T00:00:01Z") === 1000')).toBe(true);
    expect(await evaluate('class Day extends Date {}; return new Day(5).getTime()')).toBe(5);
  });

  describe('says what is wrong', () => {
    it.each([
      ['$a.b.c', { $a: {} }, 'thrown', "TypeError: cannot read property 'c' of undefined", { line: 1, column: 5 }],
      ['const x = 1;\nreturn y;', {}, 'thrown', "ReferenceError: 'y' is not defined", { line: 2, column: 8 }],
      ['\n\nthrow new Error("too hot")', {}, 'thrown', 'too hot', { line: 3, column: 16 }],
      ['throw "text"', {}, 'thrown', 'text', undefined],
      ['throw { code: 5 }', {}, 'thrown', '{"code":5}', undefined],
      ['1 +', {}, 'syntax', expect.stringContaining('SyntaxError'), expect.anything()],
      ['let a = 1;\nlet b = ;', {}, 'syntax', expect.stringContaining('SyntaxError'), { line: 2, column: 9 }],
      ['undeclared = 1', {}, 'thrown', expect.stringContaining('undeclared'), { line: 1, column: 1 }],
      ['const a = {}; a.a = a; return a', {}, 'thrown', 'TypeError: circular reference', undefined],
      ['10n', {}, 'thrown', expect.stringContaining('BigInt'), undefined],
      ['await 1', {}, 'syntax', expect.anything(), expect.anything()],
      ['(async () => 1)()', {}, 'output', expect.stringContaining('asynchronous'), undefined],
    ])('%j', async (source, values, fault, message, position) => {
      expect(await failure(source, values as Record<string, JsonValue>)).toEqual({ fault, message, position });
    });

    it('and works on', async () => {
      expect(await evaluate('1 + 1')).toBe(2);
    });
  });

  describe('ends', () => {
    it.each([
      ['a loop', 'while (true) {}', 'timeout'],
      [
        'a loop that catches everything',
        'for (;;) { try { for (;;) {} } catch (e) {} finally { continue } }',
        'timeout',
      ],
      ['a getter that never ends', 'return { get a() { for (;;) {} } }', 'timeout'],
      ['a slow toJSON', 'return { toJSON() { for (;;) {} } }', 'timeout'],
      ['a regular expression that backtracks', '/^(a+)+$/.test("a".repeat(40) + "!")', 'timeout'],
      ['a sort with an endless comparison', '[3, 2, 1].sort(() => { for (;;) {} })', 'timeout'],
      [
        'an array that grows',
        'const a = []; for (;;) a.push("x".repeat(1e3) + a.length)',
        expect.stringMatching(/memory|timeout/),
      ],
      ['a long text', '"x".repeat(2 ** 29)', 'memory'],
      ['a large buffer', 'new Uint8Array(2 ** 30)', expect.stringMatching(/memory|thrown/)],
      ['recursion', 'const f = () => f() + 1; return f()', 'memory'],
      ['recursion by toString', 'const a = {}; a.toString = () => `${a}`; return `${a}`', 'memory'],
      ['deep nesting', 'let a = []; for (let i = 0; i < 1e5; i++) a = [a]; return a', 'memory'],
      ['deep source', `${'['.repeat(20_000)}${']'.repeat(20_000)}`, expect.stringMatching(/memory|syntax/)],
    ])('%s', async (_, source, fault) => {
      const inside = fault === 'timeout' ? brief : small;
      expect((await failure(source, {}, inside)).fault).toEqual(fault);
      expect(await evaluate('"alive"', {}, inside)).toBe('alive');
    });

    it('what gives too much', async () => {
      expect(await failure('"x".repeat(2e6)')).toMatchObject({ fault: 'output', message: 'its result is too large' });
    });
  });

  describe('keeps scripts in', () => {
    it.each([
      ['process', 'typeof process'],
      ['require', 'typeof require'],
      ['timers', 'typeof setTimeout + typeof setInterval + typeof queueMicrotask'],
      ['network', 'typeof fetch + typeof XMLHttpRequest + typeof WebSocket'],
      ['console', 'typeof console + typeof print'],
      ['modules of the interpreter', 'typeof std + typeof os + typeof bjson'],
      ['WebAssembly', 'typeof WebAssembly'],
      ['eval', 'typeof eval'],
      ['shared memory', 'typeof SharedArrayBuffer + typeof Atomics'],
      ['process by constructors', '(() => {}).constructor("return typeof process")()'],
      ['process by a generator', '(function* () {}).constructor("return typeof process")().next().value'],
      [
        'process by an error',
        'try { null.x } catch (e) { return e.constructor.constructor("return typeof process")() }',
      ],
      ['process by this', '(function () { return typeof this?.process })()'],
      ['arguments.callee.caller', 'try { return typeof arguments.callee.caller } catch (e) { return "undefined" }'],
    ])('without %s', async (_, source) => {
      const found = (await evaluate(source)) as string;
      expect(found.replaceAll('undefined', '')).toBe('');
    });

    it('without importing', async () => {
      expect((await failure('import("node:fs")')).fault).toBe('output');
      expect((await failure('import fs from "node:fs"')).fault).toBe('syntax');
      expect(await evaluate('1')).toBe(1);
    });

    it.each([
      ['a global', 'globalThis.left = 1'],
      ['a global by Function', 'Function("left = 1")()'],
      ['a prototype', 'Object.prototype.left = 1'],
      ['an array method', 'Array.prototype.map = () => "mine"'],
      ['JSON', 'JSON.stringify = () => "mine"'],
      ['the parser', 'JSON.parse = () => "mine"'],
      ['the clock', 'Date.now = () => 1'],
      ['Math', 'Math.random = () => 4'],
      ['a hidden prototype', 'Object.getPrototypeOf(function* () {}).left = 1'],
      ['an iterator', 'Object.getPrototypeOf([][Symbol.iterator]()).next = () => ({ done: true })'],
      ['a typed array', 'Object.getPrototypeOf(Uint8Array.prototype).left = 1'],
      ['a setter of toString', 'Object.prototype.toString = () => "mine"'],
      ['a prototype of null', 'Object.setPrototypeOf(Array.prototype, null)'],
      ['a property by defineProperty', 'Object.defineProperty(String.prototype, "left", { value: 1 })'],
    ])('from changing %s for the next', async (_, source) => {
      await evaluate(source).catch(() => undefined);
      const later = `[typeof left, ({}).left, [].left, "".left, new Uint8Array(1).left, [1].map((x) => x + 1)[0],
        JSON.stringify({}), JSON.parse("1"), Date.now(), ({}).toString(), [...[7]][0], (function* () {}).left]`;
      expect(await evaluate(later)).toEqual([
        'undefined',
        null,
        null,
        null,
        null,
        2,
        '{}',
        1,
        MOMENT.now,
        '[object Object]',
        7,
        null,
      ]);
    });

    it('from leaving work for the next', async () => {
      await evaluate('Promise.resolve().then(() => { for (;;) {} }); return 1').catch(() => undefined);
      expect(await evaluate('2')).toBe(2);
    });

    it('from seeing values of the one before', async () => {
      await evaluate('$secret', { $secret: 'hidden' });
      expect(await evaluate('typeof $secret')).toBe('undefined');
    });

    it('from passing for the host by what they throw', async () => {
      expect((await failure('throw { tooLarge: true, message: "x" }')).fault).toMatch(/output|thrown/);
      expect((await failure('throw { get name() { for (;;) {} }, stack: 5 }', {}, brief)).fault).toMatch(
        /thrown|timeout/,
      );
      expect(
        (await failure('throw new Proxy({}, { get() { for (;;) {} }, ownKeys() { for (;;) {} } })', {}, brief)).fault,
      ).toMatch(/thrown|timeout/);
    });
  });

  it('lets objects have names that built-in ones have', async () => {
    const source = `const o = {}; o.toString = () => 'mine'; o.constructor = 1;
      class E extends Error { constructor() { super('m'); this.name = 'E'; } }
      function F() {} F.prototype.toString = () => 'f';
      return [String(o), o.constructor, new E().name, String(new F()), Object.keys(o)]`;
    expect(await evaluate(source)).toEqual(['mine', 1, 'E', 'f', ['toString', 'constructor']]);
  });

  it('ends evaluations at the same time each by itself', async () => {
    const all = ['for (;;);', '1', 'for (;;);', '"x".repeat(1e9)', '2'].map((source) => evaluate(source, {}, brief));
    const outcomes = await Promise.allSettled(all);
    const told = outcomes.map((outcome) =>
      outcome.status === 'fulfilled' ? outcome.value : (outcome.reason as ScriptError).fault,
    );
    expect(told).toEqual(['timeout', 1, 'timeout', 'memory', 2]);
  });

  it('begins anew before compiled scripts fill its memory', async () => {
    for (let index = 0; index < 1_100; index++) expect(await evaluate(`${index} + 1`)).toBe(index + 1);
  });
});
