import fc from 'fast-check';
import { failureOf, outputOf } from '../test-call';
import { CsvNode } from './csv.node';
import { formatCsv, parseCsv } from './csv-text';

describe('transform.csv', () => {
  const node = new CsvNode();
  const parse = (value: unknown, rest: object = {}) => ({ direction: 'parse', value, ...rest });
  const format = (value: unknown, rest: object = {}) => ({ direction: 'format', value, ...rest });

  it.each([
    [parse('a,b\r\n1,"x ""y"", z"\r\n'), [{ a: '1', b: 'x "y", z' }]],
    [parse('\uFEFFa;b\n1;2', { delimiter: ';' }), [{ a: '1', b: '2' }]],
    [parse('a,b\n\n1,"2\n3"\n\n'), [{ a: '1', b: '2\n3' }]],
    [
      parse('a,b\n1,2', { header: false }),
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [parse('a\tb\n1\t2', { delimiter: '\t' }), [{ a: '1', b: '2' }]],
    [parse('toString\n1'), [{ toString: '1' }]],
    [parse(''), []],
    [parse('a,b'), []],
    [
      format([
        { a: 1, b: 'x, "y"' },
        { b: null, c: [1] },
      ]),
      'a,b,c\r\n1,"x, ""y""",\r\n,,[1]\r\n',
    ],
    [format([{ a: 1 }], { header: false }), '1\r\n'],
    [
      format(
        [
          [1, true],
          ['x;y', null],
        ],
        { delimiter: ';' },
      ),
      '1;true\r\n"x;y";\r\n',
    ],
    [format([]), ''],
  ])('%j', async (parameters, output) => {
    expect(await outputOf(node, parameters)).toEqual(output);
  });

  it.each([
    [parse('a,b\n1'), expect.stringContaining('CSV cannot be read: Invalid Record Length')],
    [parse('a\n"1'), expect.stringContaining('CSV cannot be read: Quote Not Closed')],
    [parse('a,a\n1,2'), 'CSV has two columns a'],
    [parse('a,\n1,2'), 'Column 2 of the CSV has no name'],
    [parse('a,__proto__\n1,2'), 'CSV must not have a column __proto__'],
    [parse(5), 'Value must be a text, not a number'],
    [parse(`${'x,'.repeat(1_000)}x`), 'CSV must have at most 1000 columns'],
    [format([{ a: 1 }, 5]), 'Item 2 must be an object, as others are'],
    [format([5]), 'Item 1 must be an object or an array'],
    [format('a'), 'Value must be an array, not a text'],
  ])('%j fails', async (parameters, message) => {
    expect(await failureOf(node, parameters)).toEqual(message);
  });

  it('is bounded', async () => {
    expect(await failureOf(node, parse('x'.repeat(2_000_001)))).toBe('CSV must be at most 2,000,000 characters long');
    expect(await failureOf(node, parse('x\n'.repeat(100_001)))).toBe('CSV must have at most 100,000 rows');
    const sparse = Array.from({ length: 100_000 }, (_, index) => ({ [`c${index % 1_000}`]: 1 }));
    expect(await failureOf(node, format(sparse))).toBe('CSV would be longer than 2,000,000 characters');
    expect(await failureOf(node, format([['x'.repeat(2_000_001)]]))).toBe(
      'CSV would be longer than 2,000,000 characters',
    );
  });

  it('reads what it has written', () => {
    const cell = fc.oneof(fc.string(), fc.constantFrom('"', ',', '\r\n', '\n', ' ', "'", ';', '""'));
    const rows = fc
      .integer({ min: 2, max: 4 })
      .chain((width) =>
        fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 5 }),
      );
    const form = { delimiter: ',', header: false };
    fc.assert(
      fc.property(rows, (given) => {
        // A byte order mark at the very beginning is none of the data.
        fc.pre(!given[0]![0]!.startsWith('\uFEFF'));
        expect(parseCsv(formatCsv(given, form), form)).toEqual(given);
      }),
    );
  });
});
