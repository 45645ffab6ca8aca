import { createContext, runInContext } from 'node:vm';
import fc from 'fast-check';
import './parse-json';

/** What stands there, letter by letter, with every character of names as an escape. */
const withEscapes = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(withEscapes).join()}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  return `{${Object.entries(value)
    .map(([name, each]) => `${escapes(name)}:${withEscapes(each)}`)
    .join()}}`;
};

const escapes = (text: string): string =>
  `"${[...text.split('')].map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`;

describe('names with escapes', () => {
  it('are told right by the parser of this Node: then this can go', () => {
    const own = createContext();
    const read = runInContext(
      `JSON.parse('{"gr\\\\\\\\u0":1}'); JSON.parse('{"gr\\\\u00f6\\\\u00dfe":2}')`,
      own,
    ) as object;
    expect(Object.keys(read)).not.toEqual(['größe']);
  });

  it.each([
    ['umlauts', '{"gr\\\\u0":1}', '{"gr\\u00f6\\u00dfe":2}', { größe: 2 }],
    ['a quote', '{"h":[],"\\\\":0}', '{"h":1,"\\"":2}', { h: 1, '"': 2 }],
    ['a line end', '{"a\\\\":0}', '{"a\\n":2}', { 'a\n': 2 }],
    ['an escaped slash', '{"a\\\\":0}', '{"a\\/" : 2}', { 'a/': 2 }],
    ['two names of one', '{}', '{"\\u0061":1,"a":2}', { a: 2 }],
    ['two odd names of one', '{}', '{"\\"":1,"\\u0022":[{"\\"":3}]}', { '"': [{ '"': 3 }] }],
  ])('%s', (_, before, text, value) => {
    JSON.parse(before);
    expect(JSON.parse(text)).toEqual(value);
  });

  it('may be __proto__', () => {
    const read = JSON.parse('{"__pro\\u0074o__":1,"\\"":{"__proto__":2}}') as object;
    expect(Object.keys(read)).toEqual(['__proto__', '"']);
    expect(JSON.stringify(read)).toBe('{"__proto__":1,"\\"":{"__proto__":2}}');
  });

  it('are read as they were written, whatever was read before', () => {
    const name = fc.string({
      unit: fc.constantFrom('"', '\\', '\n', 'u', '0', '2', 'a', 'ö', ':', '/', '\u2028', '🏭'),
    });
    const value = fc.letrec((tie) => ({
      any: fc.oneof({ maxDepth: 3 }, fc.string(), fc.integer(), tie('list'), tie('object')),
      list: fc.array(tie('any'), { maxLength: 3 }),
      object: fc.dictionary(name, tie('any'), { maxKeys: 4, noNullPrototype: true }),
    })).any;
    fc.assert(
      fc.property(value, (given) => {
        const text = withEscapes(given);
        // Names that look like escapes are remembered.
        JSON.parse(JSON.stringify({ [text.slice(0, 12)]: 0 }));
        expect(JSON.parse(text)).toEqual(given);
        expect(JSON.parse(JSON.stringify(given))).toEqual(given);
      }),
      { numRuns: 500 },
    );
  });
});

describe('everything else is as the language has it', () => {
  it.each([
    '',
    '{',
    '{"a\\',
    '{"a\\x":1}',
    '{"a\\u12":1}',
    '{"a\\n"}',
    '{"a\\n":}',
    '\\u007b}',
    '"a\\',
    '["a\\n":1]',
    '{"a\u0001\\n":1}',
    `{"\\"":${'['.repeat(200_000)}${']'.repeat(200_000)}}`,
  ])('text %# is refused', (text) => {
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  });

  it('values keep their escapes', () => {
    expect(JSON.parse('["\\u00f6\\"\\\\", {"a":"\\":"}]')).toEqual(['ö"\\', { a: '":' }]);
  });

  it('anything is made a text first', () => {
    expect(JSON.parse(Buffer.from('{"\\u0061":[1]}') as never)).toEqual({ a: [1] });
    expect(JSON.parse(null as never)).toBeNull();
    expect(() => JSON.parse(Symbol('a') as never) as unknown).toThrow(TypeError);
  });

  it('a reviver is told names, values and what they were written as', () => {
    const told: unknown[] = [];
    const note = (name: string, value: unknown, context?: { source?: string }): unknown => {
      told.push([name, context?.source]);
      return value;
    };
    expect(JSON.parse('{"\\u0061":1.0}', note)).toEqual({ a: 1 });
    expect(told).toEqual([
      ['a', '1.0'],
      ['', undefined],
    ]);
  });

  it('takes texts of many strings, and strings of many escapes', () => {
    const long = '\\\\"'.repeat(50_000);
    const names = Array.from({ length: 20_000 }, (_, index) => `"\\u0061${index}":"${'\\n'.repeat(5)}"`);
    expect(Object.keys(JSON.parse(`{${names.join()}}`) as object)).toHaveLength(20_000);
    expect((JSON.parse(JSON.stringify({ [long]: long })) as Record<string, string>)[long]).toBe(long);
  });
});
