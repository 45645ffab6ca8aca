import { FairSandbox } from './fair-sandbox';
import { Sandbox } from './sandbox';
import { ScriptError, type ScriptFault } from './script-error';

/*
 * Attacks by which other sandboxes for JavaScript were left. Each has to end as an error of ours or as harmless data, and
 * the next evaluation must see nothing of it.
 */

const MOMENT = { now: 1_000, seed: 7 };
const LIMITS = { timeMs: 20_000, memoryBytes: 16 * 1024 * 1024, outputLength: 1_000_000 };

/** What a script finds of the world; the same before and after every attack. */
const SENTINEL = `
  const found = [typeof leak, typeof globalThis.leak, ({}).leak, [].leak, (() => 1).leak, 'x'.leak, new Error('m').leak,
    Object.keys(globalThis), [3, 1, 2].sort(), [1].map((x) => x + 1), JSON.stringify({ a: 1 }), JSON.parse('[1]'), \`\${{}}\`,
    Date.now(), Math.random(), Math.max(1, 2), [...'ab'], { ...{ a: 1 } }, /a(b)/.exec('ab')[1], new Map([[1, 2]]).get(1),
    Object.getOwnPropertyNames(Object.prototype).length, Reflect.ownKeys(Function.prototype).length,
    Reflect.ownKeys(globalThis).length, Promise.name, (function* () { yield 1 })().next().value];
  try { null.x } catch (error) { found.push(error.message, error.constructor === TypeError) }
  return found`;

const describeError = (error: unknown) => {
  if (!(error instanceof ScriptError)) throw error;
  expect(error.message).toMatch(/^.{1,600}$/su);
  expect(error.message).not.toContain('prelude');
  return error.fault;
};

describe('a sandbox', () => {
  const sandbox = new Sandbox(LIMITS);
  /** For what would not end by itself; on a busy machine, all else might run out of time there. */
  const brief = new Sandbox({ ...LIMITS, timeMs: 200 });
  const run = (source: string, inside = sandbox) => inside.evaluate({ source, parameters: [] }, {}, MOMENT);
  const outcomeOf = async (source: string, expected: string | RegExp = '') => {
    try {
      return { value: await run(source, String(expected).includes('timeout') ? brief : sandbox) };
    } catch (error) {
      return describeError(error);
    }
  };
  let before: unknown;

  beforeAll(async () => void (before = await run(SENTINEL)));

  afterEach(async () => {
    for (const inside of [sandbox, brief]) expect(await run(SENTINEL, inside)).toEqual(before);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    expect(globalThis).not.toHaveProperty('leak');
  });

  describe('has nothing of the host in reach', () => {
    it.each([
      ['the constructor of this', 'this.constructor.constructor("return process")()'],
      [
        'this of a sloppy function',
        'new Function("return this.process ?? this.constructor.constructor(`return process`)()")()',
      ],
      ['constructors of functions', '(() => 1).constructor("return process")()'],
      [
        'constructors of generators',
        'Object.getPrototypeOf(function* () {}).constructor("yield process")().next().value',
      ],
      ['a bound function', 'Function.prototype.bind.call(Function, null, "return process")()()'],
      ['Reflect.construct', 'Reflect.construct(Function, ["return process"])()'],
      ['indirect eval', '(0, globalThis["ev" + "al"])("process")'],
      [
        'an error of the interpreter',
        'try { null.x } catch (e) { return e.constructor.constructor("return process")() }',
      ],
      [
        'an error of its stack',
        'const f = () => f(); try { f() } catch (e) { return e.constructor.constructor("return process")() }',
      ],
      [
        'a getter of globalThis',
        'Object.entries(Object.getOwnPropertyDescriptors(globalThis)).map(([, d]) => d.get?.call(undefined)).find(Boolean).process.x',
      ],
      ['the caller', 'return (function f() { return f.caller.constructor("return process")() })()'],
      ['arguments.callee', 'return (function () { return arguments.callee.caller })()'],
      ['require', 'require("node:fs")'],
      ['the host of a template', '((s) => s.constructor.constructor("return process")())`x`'],
      [
        'frames of a stack',
        'Error.prepareStackTrace = (_, frames) => frames; return new Error("x").stack[0].getThis()',
      ],
      ['a module', 'import fs from "node:fs"'],
      [
        'a proxy as prototype',
        'const p = new Proxy({}, { getPrototypeOf: () => process }); return Object.getPrototypeOf(p)',
      ],
    ])('by %s', async (_, source) => {
      expect(await outcomeOf(source)).toMatch(/^(?:thrown|syntax|memory)$/);
    });

    it('under any name', async () => {
      const names = ((await run('Reflect.ownKeys(globalThis).map(String)')) as string[]).toSorted();
      const unknown = [
        'process',
        'require',
        'global',
        'console',
        'fetch',
        'setTimeout',
        'queueMicrotask',
        'WebAssembly',
      ];
      unknown.push(
        'SharedArrayBuffer',
        'Atomics',
        'WeakRef',
        'FinalizationRegistry',
        'eval',
        'performance',
        'std',
        'os',
      );
      expect(names.filter((name) => unknown.includes(name))).toEqual([]);
      expect(names).toContain('structuredClone' in globalThis ? 'Array' : 'never');
      expect(await run('[typeof Atomics, typeof SharedArrayBuffer, typeof WebAssembly, typeof print]')).toEqual(
        Array(4).fill('undefined'),
      );
    });
  });

  describe('does not leave its function', () => {
    it.each<[string, ScriptFault]>([
      ['1); globalThis.leak = 1; (2', 'syntax'],
      ['1\n); leak = 1; (\n2', 'syntax'],
      ['1); return (2', 'syntax'],
      ['1) + (2', 'syntax'],
      ['}, leak = 1, () => {', 'syntax'],
      ['1\n}); leak = 1; (function () {', 'syntax'],
      ['*/ }); leak = 1; (function () { /*', 'syntax'],
      ['`}); leak = 1; (() => {', 'syntax'],
      ['1 /*', 'syntax'],
      ['\u2028}); leak = 1; (() => {', 'syntax'],
      ['}); for (;;); (() => {', 'syntax'],
      ['"no"; leak = 1', 'thrown'],
      ['"use sloppy"; with ({}) {}', 'syntax'],
      ['var undefined = 1; leak = undefined', 'thrown'],
      ['<!-- }\nleak = 1', 'thrown'],
      ['#!x\n1', 'syntax'],
      ['yield 1', 'syntax'],
      ['await 1', 'syntax'],
      ['super.x', 'syntax'],
      ['import.meta', 'syntax'],
      ['new.target', 'syntax'],
      ['1 \0 }); leak = 1', 'syntax'],
    ])('by %j', async (source, fault) => {
      expect(await outcomeOf(source)).toBe(fault);
      await expect(sandbox.check({ source, parameters: [] }))
        .rejects.toBeInstanceOf(ScriptError)
        .catch(() => {
          // What only fails when it runs can be compiled.
          expect(fault).toBe('thrown');
        });
    });

    it.each([
      ['a declaration', 'var leak = 1; function leak2() {} return typeof globalThis.leak', 'undefined'],
      ['parameters of Function', 'new Function("a){ leak = 1 }, function(", "return 1"); return 1', 1],
      ['a NUL in a text', 'return "a\0b".length', 3],
      ['separators of lines', '"\u2028\u2029".length // \u2028+ 1', 3],
      ['a label', 'leak: for (;;) { break leak } return 1', 1],
      ['its arguments', 'arguments[0] = 1; return arguments.length', 0],
      ['names of a million characters', `const ${'a'.repeat(100_000)} = 1; return 1`, 1],
      ['comments of HTML', '1 <!-- }', 1],
    ])('by %s', async (_, source, value) => {
      expect(await outcomeOf(source)).toEqual({ value });
    });
  });

  describe('gives results that are data alone', () => {
    it.each([
      ['toJSON', '({ toJSON() { return { ["__proto__"]: { polluted: 1 } } } })', '{"__proto__":{"polluted":1}}'],
      ['parsed', 'JSON.parse(\'{"__proto__":{"polluted":1}}\')', '{"__proto__":{"polluted":1}}'],
      ['a prototype with toJSON', '({ __proto__: { toJSON: () => 5 } })', '5'],
      ['a proxy', 'new Proxy({ a: 1 }, { get: (t, k) => (k === "toJSON" ? undefined : "got") })', '{"a":"got"}'],
      ['a getter', '({ get a() { return 1 } })', '{"a":1}'],
      ['a thenable', '({ then(done) { done(1) } })', '{}'],
      ['what calls itself a promise', '({ [Symbol.toStringTag]: "Promise" })', '{}'],
      ['a getter that adds', 'const o = { get a() { o.b = () => 1; return 1 } }; return o', '{"a":1}'],
      ['an array of great length', 'const a = [1]; a.constructor = null; return a', '[1]'],
      ['a function', 'Function', undefined],
      ['a symbol', 'Symbol.iterator', undefined],
    ])('%s', async (_, source, json) => {
      expect(JSON.stringify(await run(source))).toBe(json);
    });

    it.each<[string, string, string | RegExp]>([
      ['a getter that throws', '({ get a() { throw new Error("x") } })', 'thrown'],
      ['a getter without end', '({ get a() { for (;;); } })', 'timeout'],
      ['a proxy without end', 'new Proxy({}, { ownKeys() { for (;;); } })', 'timeout'],
      ['toJSON that gives itself', 'const o = { toJSON: () => ({ o }) }; return o', /memory|thrown/],
      ['a very deep object', 'let o = {}; for (let i = 0; i < 5e4; i++) o = { o }; return o', 'memory'],
      ['an array of great length', 'const a = []; a.length = 4294967295; return a', /memory|timeout/],
      ['a text too long', '"x".repeat(1000001)', 'output'],
      ['many texts too long', 'Array(11).fill("x".repeat(1e5))', 'output'],
      ['a promise', 'Promise.resolve(1)', 'output'],
      ['a proxy of a promise', 'new Proxy(Promise.resolve(1), {})', 'output'],
      ['work for later', 'Promise.resolve().then(() => { for (;;); }); return 1', 'output'],
      ['work for later without end', '(async () => { await 0; for (;;); })(); return 1', 'output'],
      [
        'a promise with a then of its own',
        'const p = Promise.resolve(1); Object.defineProperty(p, "then", { value() { for (;;); } }); return p',
        'output',
      ],
      ['import()', 'import("node:fs")', 'output'],
      ['an async function', 'Object.getPrototypeOf(async () => 1).constructor("return process")()', 'output'],
      ['a BigInt', '10n', 'thrown'],
    ])('%s', async (_, source, fault) => {
      expect(await outcomeOf(source, fault)).toMatch(fault);
    });
  });

  describe('reads what was thrown within its time', () => {
    it.each<[string, string, ScriptFault]>([
      [
        'a proxy that throws',
        'throw new Proxy({}, { get() { throw 1 }, ownKeys() { throw 2 }, getPrototypeOf() { throw 3 } })',
        'thrown',
      ],
      [
        'a proxy without end',
        'throw new Proxy({}, { get() { for (;;); }, getPrototypeOf() { for (;;); } })',
        'timeout',
      ],
      [
        'a message without end',
        'const e = new Error(); Object.defineProperty(e, "message", { get() { for (;;); } }); throw e',
        'timeout',
      ],
      [
        'a message that throws',
        'const e = new Error(); Object.defineProperty(e, "message", { get() { throw e } }); throw e',
        'thrown',
      ],
      ['a name that is no text', 'const e = new Error("m"); e.name = { toString() { for (;;); } }; throw e', 'thrown'],
      [
        'a stack that is no text',
        'const e = new Error("m"); e.stack = { toString() { for (;;); } }; throw e',
        'thrown',
      ],
      ['a function with a toString', 'const f = () => 1; f.toString = () => { for (;;); }; throw f', 'timeout'],
      ['toJSON without end', 'throw { toJSON() { for (;;); } }', 'timeout'],
      ['a long text', 'throw new Error("x".repeat(2e6))', 'thrown'],
      ['a circle', 'const e = {}; e.e = e; throw e', 'thrown'],
      ['a symbol', 'throw Symbol("x")', 'thrown'],
      ['undefined', 'throw undefined', 'thrown'],
      ['the mark of a time that is over', 'throw new InternalError("interrupted")', 'thrown'],
      ['the mark of a long result', 'throw { tooLarge: true, asynchronous: true }', 'thrown'],
      ['an error of reading', 'JSON.parse("{")', 'thrown'],
    ])('%s', async (_, source, fault) => {
      expect(await outcomeOf(source, fault)).toBe(fault);
    });

    it('and believes no place outside of the script', async () => {
      const failing = run('const e = new Error("x"); e.stack = "at <input>:99999:1"; throw e');
      await expect(failing).rejects.toMatchObject({ message: 'x', position: undefined });
    });
  });

  describe('ends', () => {
    it.each<[string, string, RegExp]>([
      ['in valueOf', '+{ valueOf() { for (;;); } }', /timeout/],
      ['in toString', '`${{ toString() { for (;;); } }}`', /timeout/],
      ['in toPrimitive', '`${{ [Symbol.toPrimitive]() { for (;;); } }}`', /timeout/],
      ['in a comparator', '[1, 2].sort(() => { for (;;); })', /timeout/],
      ['in a reviver', 'JSON.parse("[1]", () => { for (;;); })', /timeout/],
      ['in a replacer', 'JSON.stringify({ a: 1 }, () => { for (;;); })', /timeout/],
      ['in a trap', '"x" in new Proxy({}, { has() { for (;;); } })', /timeout/],
      ['in an iterator', '[...{ [Symbol.iterator]: () => ({ next: () => ({}) }) }]', /timeout|memory/],
      [
        'catching everything, in an iterator',
        'for (;;) { try { [...{ [Symbol.iterator]: () => ({ next: () => ({}) }) }] } catch { } }',
        /timeout|memory/,
      ],
      [
        'giving a result after all',
        'try { [...{ [Symbol.iterator]: () => ({ next: () => ({}) }) }] } catch { return 1 }',
        /timeout|memory/,
      ],
      ['in a generator', 'function* g() { for (;;) yield 1 } return [...g()]', /timeout|memory/],
      [
        'in species',
        'class A extends Array { static get [Symbol.species]() { for (;;); } } return new A(1, 2).map((x) => x)',
        /timeout/,
      ],
      ['catching everything', 'for (;;) { try { for (;;); } catch { } finally { continue } }', /timeout/],
      ['backtracking', '/(x+x+)+y/.test("x".repeat(50))', /timeout/],
      ['doubling a text', 'let s = "x"; for (;;) s += s', /memory/],
      ['repeating a text', '"x".repeat(1e8)', /memory/],
      ['padding a text', '"x".padEnd(2 ** 29)', /memory/],
      ['filling an array', 'new Array(1e9).fill(0)', /memory/],
      ['filling a map', 'const m = new Map(); for (let i = 0; ; i++) m.set(i, {})', /memory|timeout/],
      ['taking a buffer', 'new ArrayBuffer(1e9)', /memory|thrown/],
      ['growing a buffer', 'new ArrayBuffer(8, { maxByteLength: 1e9 }).resize(1e9)', /memory|thrown/],
      ['doubling a BigInt', 'let a = 3n; for (;;) a *= a', /timeout|memory|thrown/],
      ['calling itself', 'const f = () => f() + 1; return f()', /memory/],
      ['calling itself by toString', 'const a = { toString: () => `${a}` }; return `${a}`', /memory/],
      ['calling itself by a proxy', 'const p = new Proxy({}, { get: () => p.x }); return p.x', /memory/],
      ['reading a deep text', 'JSON.parse("[".repeat(1e5) + "]".repeat(1e5))', /memory/],
      ['a deep pattern', 'new RegExp("(?:".repeat(1e5))', /memory|thrown/],
      ['a deep source', `${'['.repeat(20_000)}${']'.repeat(20_000)}`, /syntax|memory/],
    ])('%s', async (_, source, fault) => {
      expect(await outcomeOf(source, fault)).toMatch(fault);
    });
  });

  describe('keeps the next one as it was', () => {
    it.each([
      'globalThis.leak = 1',
      'Function("leak = 1")()',
      'Object.prototype.leak = 1',
      '({}).__proto__.leak = 1',
      '({}).constructor.prototype.leak = 1',
      'Object.prototype.__defineGetter__("leak", () => 1)',
      'Object.setPrototypeOf(Object.prototype, { leak: 1 })',
      'Reflect.setPrototypeOf(globalThis, { leak: 1 })',
      'Object.assign(Array.prototype, { leak: 1 })',
      'Error.prototype.leak = 1',
      'Error.prepareStackTrace = () => 1',
      'Error.stackTraceLimit = 0',
      'Array.prototype.sort = () => 1',
      'Array.prototype[Symbol.iterator] = function* () { yield 1 }',
      'Object.getPrototypeOf([][Symbol.iterator]()).next = () => ({ done: true })',
      'Object.getPrototypeOf(function* () {}.prototype).next = () => 1',
      'String.prototype.leak = 1',
      'Symbol.prototype[Symbol.toPrimitive] = () => 1',
      'Object.defineProperty(Promise, Symbol.hasInstance, { value: () => false })',
      'Promise.prototype.then = () => 1',
      'RegExp.prototype.exec = () => null',
      'RegExp.prototype.lastIndex = 1',
      'Date.now = () => 5',
      'new Date().constructor.now = () => 5',
      'Math.random = () => 4',
      'for (let i = 0; i < 9; i++) Math.random()',
      'JSON.stringify = () => "1"',
      'JSON[Symbol.toStringTag] = "x"',
      'Map.prototype.get = () => 1',
      'Map.prototype.set = () => 1',
      'Function.prototype.call = () => 1',
      'Reflect.apply = () => 1',
      'globalThis.undefined = 1',
      'delete globalThis.Array',
      'Object.prototype.toString = () => "x"',
      'Object.freeze = 1',
      'new WeakMap().set(Object.prototype, 1)',
      'Symbol.for("leak").description.leak = 1',
      'Object.getPrototypeOf(Int8Array).prototype.leak = 1',
      'Object.getPrototypeOf(Object.getPrototypeOf(new Set().values())).leak = 1',
      '"x".at.leak = 1',
      'Array.from.call(function () { return Object.prototype }, ["leak"])',
    ])('after %s', async (source) => {
      await outcomeOf(source);
    });

    it('after filling its memory with what only a collection finds', async () => {
      const leaving = 'const a = { text: "x".repeat(9e6) }; a.a = a; return 1';
      expect(await run(leaving)).toBe(1);
      expect(await run('"y".repeat(9e6).length')).toBe(9e6);
    });

    it('after very many long scripts of others', async () => {
      for (let index = 0; index < 30; index++) {
        expect(await run(`/* ${'x'.repeat(100_000)} */ [${'1,'.repeat(20_000)} ${index}].length`)).toBe(20_001);
      }
    });

    it('with the same clock and the same random numbers', async () => {
      const source =
        '[Math.random(), Date.now(), new Date().getTime(), Math.random(), new Date(2026, 0).getTimezoneOffset()]';
      const first = await run(source);
      await outcomeOf('Math.random(); for (;;);', 'timeout');
      expect(await run(source)).toEqual(first);
    });
  });
});

describe('sandbox threads', () => {
  it.each([
    ['joining nothing for a minute', 'new Array(1e9).join("x")'],
    ['searching', 'const long = "x".repeat(8e6); for (;;) long.indexOf("y")'],
    ['replacing', 'for (;;) "x".repeat(1e5).replaceAll("x", "y".repeat(100))'],
    ['clearing buffers', 'for (;;) new Uint8Array(1e7)'],
  ])('end what the interpreter does not end in time: %s', async (_, source) => {
    const fair = new FairSandbox({
      ...LIMITS,
      memoryBytes: 64 << 20,
      threads: 1,
      waiting: 10,
      waitingOfTenant: 10,
    });
    try {
      const failing = fair.evaluateAll('a', [{ source, parameters: [] }], {}, MOMENT, { timeMs: 200 });
      await expect(failing).rejects.toMatchObject({
        name: 'ScriptError',
        fault: expect.stringMatching(/timeout|memory/),
      });
      const sentinel = { source: SENTINEL, parameters: [] };
      expect((await fair.evaluateAll('b', [sentinel], {}, MOMENT))[0]).toHaveLength(27);
    } finally {
      await fair.close();
    }
  });
});
