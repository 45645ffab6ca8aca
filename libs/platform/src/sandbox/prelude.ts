/**
 * Runs once in every new context, ahead of any user code. Gives clock and random numbers that the host sets, takes away
 * what could carry state from one script to the next, freezes the rest, and returns the functions that the host calls.
 */
export const PRELUDE = `(() => {
  'use strict';
  const { parse, stringify } = JSON;
  const { apply, construct, ownKeys, getOwnPropertyDescriptor, defineProperty, getPrototypeOf } = Reflect;
  const { freeze, preventExtensions } = Object;
  const Compile = Function;
  const RealDate = Date;

  let now = 0;
  let state = 0;

  // The clock stands still during a script: run again, it gives the same.
  function SandboxDate(...values) {
    if (new.target === undefined) return construct(RealDate, [now]).toString();
    return construct(RealDate, values.length === 0 ? [now] : values, new.target);
  }
  SandboxDate.prototype = RealDate.prototype;
  SandboxDate.prototype.constructor = SandboxDate;
  SandboxDate.now = () => now;
  SandboxDate.parse = RealDate.parse;
  SandboxDate.UTC = RealDate.UTC;
  defineProperty(SandboxDate, 'name', { value: 'Date' });
  globalThis.Date = SandboxDate;

  // mulberry32
  Math.random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let bits = Math.imul(state ^ (state >>> 15), 1 | state);
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits;
    return ((bits ^ (bits >>> 14)) >>> 0) / 4294967296;
  };

  // Indirect eval declares global variables; the others are watched by no limit or tell of the garbage collector.
  for (const name of ['eval', 'SharedArrayBuffer', 'Atomics', 'WeakRef', 'FinalizationRegistry']) delete globalThis[name];

  // What is inherited and frozen could not be assigned to objects of one's own either; scripts do that with these.
  const overridable = (owner, names) => {
    for (const name of names) {
      const found = getOwnPropertyDescriptor(owner, name);
      if (!found || !('value' in found)) continue;
      const { value } = found;
      defineProperty(owner, name, {
        configurable: false,
        enumerable: false,
        get: () => value,
        set(given) {
          if (this === owner) throw new TypeError(name + ' is read-only');
          defineProperty(this, name, { value: given, writable: true, enumerable: true, configurable: true });
        },
      });
    }
  };
  overridable(Object.prototype, ['constructor', 'hasOwnProperty', 'toLocaleString', 'toString', 'valueOf']);
  overridable(Function.prototype, ['constructor', 'toString']);
  overridable(Error.prototype, ['constructor', 'message', 'name', 'toString']);
  overridable(Array.prototype, ['constructor', 'toString']);

  const seen = new Set();
  const harden = (value) => {
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) return;
    seen.add(value);
    preventExtensions(value);
    harden(getPrototypeOf(value));
    for (const key of ownKeys(value)) {
      const found = getOwnPropertyDescriptor(value, key);
      for (const part of [found.value, found.get, found.set]) harden(part);
    }
    // Elements of typed arrays cannot be frozen; there are none here.
    freeze(value);
  };
  const hidden = [
    function* () {},
    async function () {},
    async function* () {},
    [][Symbol.iterator](),
    new Map()[Symbol.iterator](),
    new Set()[Symbol.iterator](),
    ''[Symbol.iterator](),
    'a'.matchAll(/a/g),
    Uint8Array,
  ];
  for (const value of hidden) harden(getPrototypeOf(value));
  harden(globalThis);

  const TOO_LARGE = freeze({ tooLarge: true });
  const ASYNC = freeze({ asynchronous: true });
  const PromiseClass = Promise;
  const text = String;
  const LONGEST_MESSAGE = 500;

  // What a script threw, in words. It may be a proxy or have getters: reading it runs the script on, within its time.
  const told = (error) => {
    if (error === TOO_LARGE || error === ASYNC) return error;
    const result = { thrown: true, name: '', message: 'what it threw cannot be read', stack: '' };
    try {
      if ((typeof error !== 'object' && typeof error !== 'function') || error === null) {
        result.message = text(error).slice(0, LONGEST_MESSAGE);
        return result;
      }
      const { name, message, stack } = error;
      if (typeof stack === 'string') result.stack = stack.slice(0, 20 * LONGEST_MESSAGE);
      if (typeof message === 'string') {
        result.message = message.slice(0, LONGEST_MESSAGE);
        if (typeof name === 'string') result.name = name.slice(0, LONGEST_MESSAGE);
      } else {
        result.message = (stringify(error) ?? text(error)).slice(0, LONGEST_MESSAGE);
      }
    } catch {}
    return result;
  };

  let texts = new Map();
  let given = [];
  let left = 0;

  return {
    compile(source) {
      const [names, body] = parse(source);
      return { names, run: new Compile(...names, body) };
    },
    // Values by their names, each as JSON, for all scripts of an evaluation.
    hand(time, seed, longest, ...values) {
      now = time;
      state = seed;
      left = longest;
      texts = new Map();
      for (let index = 0; index < values.length; index += 2) texts.set(values[index], values[index + 1]);
    },
    // Values of its own for each script: what one does with them is no matter for the next.
    prepare({ names }) {
      given = names.map((name) => (texts.has(name) ? parse(texts.get(name)) : undefined));
    },
    // The result as JSON; undefined where it has none.
    call({ run }) {
      try {
        const value = apply(run, undefined, given);
        if (value instanceof PromiseClass) throw ASYNC;
        const result = stringify(value);
        if (result === undefined) return undefined;
        left -= result.length;
        if (left < 0) throw TOO_LARGE;
        return result;
      } catch (error) {
        throw told(error);
      }
    },
  };
})()`;
