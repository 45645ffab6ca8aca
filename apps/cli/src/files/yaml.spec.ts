import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { JsonValue } from '#kernel';
import { readYaml } from './read-yaml';
import { yamlOf } from './write-yaml';

/** What the syntax around it, or another reader, would take for something else. */
const TRAPS = [
  ...'~ null true no Off y << = 2026-01-01 12:30:00 1e3 1_000 0x1F 0o7 .inf -0 +1 .5 constructor __proto__'.split(' '),
  ...'" \' "\' # - -- --- { [ } , % @ ` &a *a !a | > ? : a: ******** \\ \\n mhub://function/MES/Ask 👩‍🔧'.split(' '),
  ...'•# x•a # x•a #•- x•---\na•...\na•%YAML 1.1\na•? x•a: b•: a•{{ $trigger.payload }}'.split('•'),
  ...' a•a •\ta•a\t•\n•\n\n• \n•a\n•a\n\n•\na•\n\n  a•  a\nb• \na•a\n •a\n\t•a \nb•\ta\nb•a\n  b\n c'.split('•'),
  ...' a\n \n• \\\n \n•1. a\n2. b•a\r\nb•\r•a\u2028b•a\u0085b•\ufeffa•a\u202eb•\u0007•\u001b[31m•\u007f•\ufffe'.split(
    '•',
  ),
  ...['x'.repeat(2_000), 'x '.repeat(200), `${'x'.repeat(99)}\n`.repeat(20)],
];

const text = fc.oneof(
  fc.constantFrom(...TRAPS),
  fc.array(fc.constantFrom(...TRAPS, ' ', '\n', 'a'), { maxLength: 6 }).map((parts) => parts.join('')),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }).filter((one) => one.isWellFormed()),
);
const number = fc.oneof(
  fc.constantFrom(
    0,
    -0,
    1e21,
    5e-324,
    2 ** 53,
    -(2 ** 53) - 2,
    123_456_789_012_345_680_000,
    1.7976931348623157e308,
    0.1,
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.integer(),
);
const { content } = fc.letrec<{ content: JsonValue; object: JsonValue; list: JsonValue }>((tie) => ({
  content: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant(null),
    fc.boolean(),
    number,
    text,
    tie('object'),
    tie('list'),
  ),
  list: fc.array(tie('content'), { maxLength: 4 }),
  object: fc.dictionary(text, tie('content'), { maxKeys: 4, noNullPrototype: true }),
}));

it('gives back what was written, exactly', () => {
  fc.assert(
    fc.property(content, (value) => isDeepStrictEqual(readYaml('f', yamlOf({ value })), { value })),
    { numRuns: 500 },
  );
});

/** What JSON holds of a value. Not by JSON.parse, whose names with escapes are others where V8 has met like ones before. */
function withOneZero(value: JsonValue): JsonValue {
  if (typeof value === 'number') return value + 0;
  if (Array.isArray(value)) return value.map(withOneZero);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withOneZero(member)]));
}

it('reads JSON, however it is laid out', () => {
  fc.assert(
    fc.property(content, fc.constantFrom(undefined, 2, '\t'), (value, space) => {
      const json = JSON.stringify({ value }, undefined, space);
      return isDeepStrictEqual(readYaml('f', json), { value: withOneZero(value) });
    }),
    { numRuns: 500 },
  );
});

it('writes texts as they are, and shows what cannot be seen', () => {
  const value = {
    sql: 'SELECT a\n  FROM b\n',
    code: 'const x = {"a": 1};\nreturn x;',
    markdown: '1. first  \n2. second\n\n',
    indented: '\n    SELECT a\n    FROM b\n  ',
    windows: 'SELECT a\r\n  FROM b\r\n',
    hidden: 'a\u202eb\u0085c',
    words: [
      'no',
      '2026-01-01',
      '10.0.0.1',
      'true',
      '********',
      'mhub://model/A%20B',
      '{"a": 1}',
      'a long line '.repeat(9),
    ],
    x: { z: -0.5, y: [], '': {}, 'a b': null },
  };
  expect(yamlOf(value)).toBe(String.raw`code: |-
  const x = {"a": 1};
  return x;
hidden: "a\u202eb\u0085c"
indented: "\n\
  \    SELECT a\n\
  \    FROM b\n\
  \  "
markdown: |+
  1. first  
  2. second

sql: |
  SELECT a
    FROM b
windows: "SELECT a\r\n\
  \  FROM b\r\n"
words:
  - "no"
  - "2026-01-01"
  - "10.0.0.1"
  - "true"
  - "********"
  - mhub://model/A%20B
  - '{"a": 1}'
  - "${'a long line '.repeat(9)}"
x:
  "": {}
  a b: null
  y: []
  z: -0.5
`);
});
