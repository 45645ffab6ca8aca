import { readYaml } from './read-yaml';

const read = (...lines: string[]) => readYaml('a.yaml', lines.join('\n'));

it.each([
  [['a: 1', '', '# said by hand', 'b: [x, "y"] # and here'], { a: 1, b: ['x', 'y'] }],
  [
    ['---', 'a: no', 'b: ~', 'c:', 'd: 0x1F', 'e: 2026-01-01', '...'],
    { a: 'no', b: null, c: null, d: 31, e: '2026-01-01' },
  ],
  [['{"a": {"b": [1.50, -0]}}'], { a: { b: [1.5, -0] } }],
  [['\ufeffa: |\r', '  x\r', '  y\r'], { a: 'x\ny\n' }],
  [['1: x', 'true: y', '"<<": z', '__proto__: 1'], JSON.parse('{"1":"x","true":"y","<<":"z","__proto__":1}')],
])('reads %j', (lines, value) => {
  expect(read(...lines)).toStrictEqual(value);
});

it.each([
  ['', '1:1: nothing is in it'],
  ['# a: 1', '1:1: nothing is in it'],
  ['a: 1\nb:\n  - x\n a: 2', '4:1: this cannot be read: '],
  ['a:\n\t- b', '2:1: this cannot be read: Tabs are not allowed as indentation'],
  ['@', '1:1: this cannot be read: '],
  ['? \n: x\n? \n: y', '3:3: "" stands twice'],
  ['a: &a [x]\n? *a\n: y', '2:3: names must be texts'],
  ['a: [1, 2', '1:9: this cannot be read: '],
  ['a: 1\nb: 2\n"a": 3', '3:1: "a" stands twice here: leave one out'],
  ['a: {b: 1, b: 2}', '1:11: "b" stands twice'],
  ['a: &b [1]', '1:7: anchors are not read: leave out &b, or quote it'],
  ['a: b\nc: *a', '2:4: '],
  ['a: &a [x]\nb: &b [*a, *a]\nc: [*b, *b]', '1:7: anchors are not read'],
  ['x: {a: 1}\nb:\n  <<: {c: 1}', '3:3: merges (<<) are not read: write them out'],
  ['a: !!binary aGVsbG8=', 'tags are not read'],
  ['a: !include b.yaml', 'tags are not read: leave out !include, or quote it'],
  ['!!map\na: 1', 'tags are not read'],
  ['%YAML 1.1\n---\na: 1', '1:1: directives (%) are not read: leave them out'],
  ['a: 1\n---\nb: 1', '2:1: a second document begins'],
  ['? [a]\n: 1', '1:3: names must be texts'],
  ['a: .inf', '1:4: .inf is no number of JSON: quote it if it is a text'],
  ['a: 1e999', '1:4: 1e999 is no number'],
  ['a:\n  - 9007199254740993', '2:5: 9007199254740993 has more digits than a number keeps: quote it if it is a text'],
  ['['.repeat(1_000_000), '1:65: this is nested deeper than 64 levels'],
  ['- '.repeat(1_000_000), ': this is nested deeper than 64 levels'],
  ['\n'.repeat(1_000_001), ': too many values'],
])('refuses %#', (text, message) => {
  expect(() => readYaml('a.yaml', text)).toThrow(/^\d/.test(message) ? `a.yaml:${message}` : message);
});
