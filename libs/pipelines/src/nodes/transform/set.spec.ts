import fc from 'fast-check';
import { failureOf, outputOf, problemsOf } from '../test-call';
import { fieldAt, FieldWriter } from '../support/field-path';
import { convert, type FieldKind } from './convert';
import { SetNode } from './set.node';

describe('transform.set', () => {
  const node = new SetNode();
  const fields = (...given: object[]) => ({ fields: given });

  it.each([
    [fields({ name: 'b', value: 2 }), { a: 1 }, { a: 1, b: 2 }],
    [{ ...fields({ name: 'b', value: 2 }), include: 'none' }, { a: 1 }, { b: 2 }],
    [{ ...fields({ name: 'b', value: 2 }), include: 'none' }, 'a text', { b: 2 }],
    [fields({ name: 'b', value: 2 }), null, { b: 2 }],
    [fields({ name: 'a.b.c', value: 1 }), { a: { x: 1, b: 5 } }, { a: { x: 1, b: { c: 1 } } }],
    [fields({ name: 'l.1.n', value: 1 }), { l: [{ n: 0 }, { n: 0, m: 2 }] }, { l: [{ n: 0 }, { n: 1, m: 2 }] }],
    [fields({ name: 'l.2', value: 1 }), { l: [0, 0] }, { l: [0, 0, 1] }],
    [fields({ name: 'l.999999', value: 1 }), { l: [0] }, { l: { '999999': 1 } }],
    [fields({ name: 'n', value: ' 1.5 ', type: 'number' }), {}, { n: 1.5 }],
    [fields({ name: 'a', value: 1 }, { name: 'a', value: 2 }), {}, { a: 2 }],
    [fields({ name: 'a' }), { a: 1 }, { a: 1 }],
    [{ ...fields({ name: 'n', value: 'x', type: 'number' }), ignoreTypeErrors: true }, {}, { n: 'x' }],
    [
      { mode: 'json', jsonData: { a: 2, c: 3 } },
      { a: 1, b: 1 },
      { a: 2, b: 1, c: 3 },
    ],
    [{ mode: 'json', jsonData: '{"a": 2}', include: 'none' }, { a: 1, b: 1 }, { a: 2 }],
  ])('%j of %j', async (parameters, input, output) => {
    expect(await outputOf(node, parameters, { values: [input, { second: 1 }] })).toEqual(output);
  });

  it.each([
    [
      fields({ name: 'a', value: 1 }),
      [1],
      'Only an object can be included, and what comes in is an array; set include to none',
    ],
    [fields({ name: 'n', value: 'x', type: 'number' }), {}, 'n cannot be made a number of a text'],
    [fields({ name: '__proto__.polluted', value: 1 }), {}, 'Name must not name __proto__'],
    [fields({ name: 'a.constructor.prototype', value: 1 }), {}, 'Name must not name constructor'],
    [fields({ name: 'a..b', value: 1 }), {}, 'Name must not have empty parts between its dots'],
    [fields({ name: Array(17).fill('a').join('.'), value: 1 }), {}, 'Name must be at most 16 levels deep'],
    [{ mode: 'json', jsonData: '[1]' }, {}, 'JSON data must be an object, not an array'],
    [{ mode: 'json', jsonData: '{' }, {}, 'JSON data cannot be made JSON of a text'],
    [{ mode: 'json' }, {}, 'JSON data must be an object, not nothing'],
    [{ mode: 'json', jsonData: '{"__proto__": {"polluted": 1}}' }, {}, 'JSON data must not name __proto__'],
    [{ mode: 'json', jsonData: `${'['.repeat(100)}${']'.repeat(100)}` }, {}, 'JSON data cannot be made JSON of a text'],
  ])('%j of %j fails', async (parameters, input, message) => {
    expect(await failureOf(node, parameters, { values: [input] })).toBe(message);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  it('leaves what comes in as it is', async () => {
    const input = Object.freeze({ a: Object.freeze({ b: Object.freeze([Object.freeze({ c: 1 })]) }) });
    const output = await outputOf(node, fields({ name: 'a.b.0.c', value: 2 }), { values: [input as never] });
    expect([input.a.b[0], output]).toEqual([{ c: 1 }, { a: { b: [{ c: 2 }] } }]);
  });

  it('is checked', () => {
    expect(problemsOf(node, {})).toEqual(['fields: Fields is required']);
    expect(problemsOf(node, { mode: 'json' })).toEqual(['jsonData: JSON data is required']);
    expect(
      problemsOf(node, fields({ name: 'a.', value: 1 }, { name: '{{ $index }}.', value: 1 }, { name: 'b' })),
    ).toEqual([
      'fields[0].name: Name must not have empty parts between its dots',
      'fields[2].value: Value is required',
    ]);
  });

  it.each<[FieldKind, unknown, unknown]>([
    ['auto', null, null],
    ['string', 1, '1'],
    ['string', { a: [1] }, '{"a":[1]}'],
    ['number', true, 1],
    ['number', '0x10', 16],
    ['boolean', 'TRUE', true],
    ['boolean', '0', false],
    ['json', '[1]', [1]],
    ['json', 5, 5],
    ['array', '[1]', [1]],
    ['array', [1], [1]],
  ])('%s of %j is %j', (kind, value, converted) => {
    expect(convert(value as never, kind)).toEqual(converted);
  });

  it.each<[FieldKind, unknown]>([
    ['string', null],
    ['number', ''],
    ['number', 'Infinity'],
    ['number', [5]],
    ['boolean', 'yes'],
    ['boolean', ['true']],
    ['json', '{'],
    ['json', '1e999'],
    ['array', { 0: 1 }],
    ['array', '{}'],
  ])('%s of %j is refused', (kind, value) => {
    expect(() => convert(value as never, kind)).toThrow('cannot be made');
  });

  it('finds what it has written, and nothing else has changed', () => {
    const step = fc.constantFrom('a', 'b', '0', '1');
    const path = fc.array(step, { minLength: 1, maxLength: 4 }).map((steps) => steps.join('.'));
    const value = fc.jsonValue({ maxDepth: 3 }).map((given) => JSON.parse(JSON.stringify(given)));
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('a', 'b'), value, { noNullPrototype: true }),
        fc.array(path),
        path,
        (object, before, at) => {
          const text = JSON.stringify(object);
          const writer = new FieldWriter(object);
          for (const path of [...before, at]) writer.write(path, 'written');
          expect(fieldAt(writer.result, at)).toBe('written');
          expect(JSON.stringify(object)).toBe(text);
        },
      ),
    );
  });
});
