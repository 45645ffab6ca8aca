import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import type { JsonValue } from '#kernel';
import { readYaml } from './read-yaml';
import { yamlOf } from './write-yaml';

/** What other formats, other readers, or the syntax around it would take for something else. */
const TRAPS = [
  ...[
    '',
    '~',
    'null',
    'true',
    'no',
    'Off',
    'y',
    '<<',
    '=',
    '2026-01-01',
    '12:30:00',
    '1e3',
    '1_000',
    '0x1F',
    '0o7',
    '.inf',
    '-0',
    '+1',
    '.5',
  ],
  ...[
    ' a',
    'a ',
    '\ta',
    'a\t',
    '\n',
    '\n\n',
    ' \n',
    'a\n',
    'a\n\n',
    '\na',
    '\n\n  a',
    '  a\nb',
    ' \na',
    'a\n ',
    'a\n\t',
    'a \nb',
    '\ta\nb',
    'a\n  b\n c',
  ],
  ...['a\r\nb', '\r', 'a\u2028b', 'a\u0085b', '\ufeffa', 'a\u202eb', '\u0007', '\u001b[31m', '\u007f', '\ufffe'],
  ...[
    `"`,
    `'`,
    `"'`,
    '# x',
    'a # x',
    'a #',
    '- x',
    '-',
    '--',
    '---',
    '---\na',
    '...\na',
    '{',
    '[',
    '}',
    ',',
    '%',
    '%YAML 1.1\na',
    '@',
    '`',
    '&a',
    '*a',
    '!a',
    '|',
    '>',
    '? x',
    '?',
    ':',
    'a: b',
    'a:',
    ': a',
  ],
  ...[
    '********',
    'mhub://function/MES/Ask',
    '{{ $trigger.payload }}',
    '👩‍🔧',
    '\\',
    '\\n',
    '__proto__',
    'constructor',
    'x'.repeat(2_000),
    'x '.repeat(200),
    `${'x'.repeat(100)}\n`.repeat(20),
  ],
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
    { numRuns: Number(process.env['RUNS'] ?? 1_000) },
  );
});

it('reads JSON, however it is laid out', () => {
  fc.assert(
    fc.property(content, fc.constantFrom(undefined, 2, '\t'), (value, space) => {
      const json = JSON.stringify({ value }, undefined, space);
      return isDeepStrictEqual(readYaml('f', json), JSON.parse(json));
    }),
    { numRuns: Number(process.env['RUNS'] ?? 1_000) },
  );
});
