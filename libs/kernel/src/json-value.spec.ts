import fc from 'fast-check';
import { jsonProblem, MAX_JSON_DEPTH, textProblem } from './json-value';

const nested = (depth: number, leaf: unknown, wrap: (inner: unknown) => unknown): unknown => {
  let value = leaf;
  for (let i = 0; i < depth; i++) value = wrap(value);
  return value;
};

describe('jsonProblem', () => {
  it.each([
    ['a number that has become infinite', JSON.parse('1e999'), 'contains a number out of range'],
    ['NaN', { a: [NaN] }, 'contains a number out of range'],
    ['NUL in a text', ['a\0'], 'contains the NUL character'],
    ['NUL in a key', { 'a\0': 1 }, 'contains the NUL character'],
    ['half a surrogate pair', '\ud83d', 'is not valid Unicode'],
    ['half a surrogate pair in a key', { a: { '\udc00': 1 } }, 'is not valid Unicode'],
    ['arrays too deep', nested(65, 1, (inner) => [inner]), 'is nested deeper than 64 levels'],
    ['objects too deep', nested(65, 1, (inner) => ({ a: inner })), 'is nested deeper than 64 levels'],
    ['a text deep inside', nested(64, '\0', (inner) => ({ a: [1, inner] })), 'is nested deeper than 64 levels'],
    ['a bigint', { a: 1n }, 'is not JSON'],
    ['undefined', [undefined], 'is not JSON'],
    ['a function', { a: () => 1 }, 'is not JSON'],
    ['a symbol', Symbol('a'), 'is not JSON'],
  ])('refuses %s', (_, value, problem) => {
    expect(jsonProblem(value)).toBe(problem);
  });

  it('finds what is wrong at the end of a long array', () => {
    expect(jsonProblem([...Array<number>(100_000).fill(1), '\0'])).toBe('contains the NUL character');
  });

  it('ends for an object that holds itself', () => {
    const loop: Record<string, unknown> = {};
    loop['self'] = loop;
    expect(jsonProblem(loop)).toBe(`is nested deeper than ${MAX_JSON_DEPTH} levels`);
  });

  it.each([
    ['null', null],
    ['the deepest arrays', nested(64, 1, (inner) => [inner])],
    ['the greatest number', Number.MAX_VALUE],
    ['a surrogate pair', '😀'],
    ['a member named __proto__', JSON.parse('{"__proto__":{"a":1}}')],
  ])('accepts %s', (_, value) => {
    expect(jsonProblem(value)).toBeUndefined();
  });

  it('looks at members named __proto__', () => {
    expect(jsonProblem(JSON.parse('{"__proto__":"\\u0000"}'))).toBe('contains the NUL character');
  });

  it('accepts what comes back from its text unchanged, and without NUL', () => {
    const strange = ['a', '\0', '\ud83d', '\ude00', '"', 'é'];
    const value = fc.anything({
      // Without backslashes: V8's JSON.parse (12.8 and later) takes a name that is written with escapes for one that begins
      // as it is written, where it has met such a one before: `"` for a backslash.
      key: fc.string({ unit: fc.constantFrom(...strange) }),
      values: [fc.string({ unit: fc.constantFrom(...strange, '\\') }), fc.double(), fc.boolean(), fc.constant(null)],
      maxDepth: 4,
    });
    fc.assert(
      fc.property(value, (input) => {
        fc.pre(jsonProblem(input) === undefined);
        const text = JSON.stringify(input);
        // JSON knows one zero, and no prototypes.
        const plain = JSON.parse(text, (_, part: unknown) => (part === 0 ? 0 : part)) as unknown;
        expect(JSON.stringify(plain)).toBe(text);
        expect(text).not.toMatch(/\\u0000|\\ud[89a-f]../);
      }),
    );
  });
});

describe('textProblem', () => {
  it.each([
    ['', undefined],
    ['tab\tand line\n', undefined],
    ['a\0b', 'contains the NUL character'],
    ['\udfff', 'is not valid Unicode'],
  ])('%j: %s', (text, problem) => {
    expect(textProblem(text)).toBe(problem);
  });
});
