import fc from 'fast-check';
import type { JsonValue } from '#kernel';
import { Sandbox } from '#platform/sandbox';
import type { Expression } from './expression';
import { NOT_PLAIN } from './plain';
import { parseTemplate } from './template';
import type { Scope } from './variables';

const MOMENT = { now: 0, seed: 1 };

const plainOf = (source: string) => (parseTemplate(`{{ ${source} }}`)!.parts[0] as Expression).plain;
const plainly = (source: string, scope: Scope = {}) => plainOf(source)!(scope);

describe('plain expressions', () => {
  const sandbox = new Sandbox({ timeMs: 20_000, memoryBytes: 32 * 1024 * 1024, outputLength: 4_000_000 });
  const really = (source: string, scope: Scope) =>
    sandbox.evaluate({ source, parameters: ['$trigger', '$index', '$item'] }, scope, MOMENT);

  const scope: Scope = { $trigger: { a: 1, list: [1, 'x', null], text: 'four', none: null, o: {} }, $index: 2 };

  it.each<[string, JsonValue | undefined]>([
    ['$trigger.a + $index * 2', 5],
    ['$trigger.text + $index', 'four2'],
    ['$trigger.list[$index]', null],
    ['$trigger.list[$index - 1]', 'x'],
    ['$trigger["li" + "st"].length', 3],
    ['$trigger.none?.deep.er', undefined],
    ['$trigger.none ?? "default"', 'default'],
    ['$trigger.o || 1', {}],
    ['typeof $trigger.o + typeof $item', 'objectundefined'],
    ['!$trigger.list', false],
    ['$trigger.o == null', false],
    ['[0 / 0, 1 / 0, -0, undefined]', [null, null, 0, null]],
    ['{ a: undefined, b: NaN, c: { d: `t${1}` } }', { b: null, c: { d: 't1' } }],
    ['-0', 0],
    ['NaN', null],
    ['"ab"[1]', 'b'],
    ['"ab".length', 2],
    ['[1, 2][1]', 2],
    ['({ length: 5 }).length', 5],
    ['"10" < "9" ? "as texts" : "as numbers"', 'as texts'],
  ])('%s gives %j', async (source, value) => {
    expect(plainly(source, scope)).toEqual(value);
    expect(await really(source, scope)).toEqual(value);
  });

  it.each([
    ['a step into nothing', '$trigger.none.deep'],
    ['a step into nothing, behind an optional one', '($trigger.none?.deep).er'],
    ['a method', '$trigger.text.trim'],
    ['what is inherited', '$trigger.o.__proto__'],
    ['an object as an operand', '$trigger.o + 1'],
    ['an object in a text', '`${$trigger.list}`'],
    ['an object as a name', '$trigger[$trigger.o]'],
    ['two objects compared', '$trigger.o === $trigger.o'],
    ['two parts of the scope in one result', '[$trigger.o, $trigger.list]'],
  ])('leaves %s to the interpreter', (_, source) => {
    expect(plainly(source, scope)).toBe(NOT_PLAIN);
  });

  it('leaves what grows long to the interpreter', () => {
    const $trigger = 'x'.repeat(10_000);
    expect(plainly('$trigger + $trigger', { $trigger })).toHaveLength(20_000);
    expect(plainly('$trigger + $trigger + $trigger', { $trigger })).toBe(NOT_PLAIN);
    expect(plainly(`\`${'${$trigger}'.repeat(1_000)}\``, { $trigger })).toBe(NOT_PLAIN);
    expect(plainly(`[${'$trigger,'.repeat(1_000)}]`, { $trigger })).toBe(NOT_PLAIN);
    expect(plainly('$trigger == $item', { $trigger: `${$trigger}x`, $item: `${$trigger}x` })).toBe(NOT_PLAIN);
    expect(plainly('$trigger', { $trigger: 'x'.repeat(5_000_000) })).toHaveLength(5_000_000);
  });

  it('takes no part of the scope for more than JSON has', () => {
    for (const odd of [NaN, Infinity, -0]) {
      expect(plainly('1 / $trigger', { $trigger: odd })).toBe(NOT_PLAIN);
      expect(plainly('1 / $trigger.a[0]', { $trigger: { a: [odd] } })).toBe(NOT_PLAIN);
    }
    const $trigger = JSON.parse('{"__proto__":{"a":1},"toJSON":2}') as JsonValue;
    expect(plainly('$trigger.__proto__.a + $trigger.toJSON', { $trigger })).toBe(3);
  });

  it('gives what the interpreter gives, whatever the expression', async () => {
    const name = fc.constantFrom('a', 'b', 'length', '0', '1', 'toString', 'constructor', '__proto__', 'map', 'size');
    const number = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ noNaN: true, noDefaultInfinity: true }));
    const text = fc.oneof(fc.constantFrom('', ' ', '1', '-1.50', '0x10', '1e1000', 'a', 'ä😀', '\ud800', 'null'), name);
    const { value } = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.constantFrom(null, true, false),
        number.map((n) => n + 0),
        text,
        fc.array(tie('value'), { maxLength: 2 }),
        fc.array(fc.tuple(name, tie('value')), { maxLength: 3 }).map(Object.fromEntries),
      ),
    })) as { value: fc.Arbitrary<JsonValue> };
    const literal = fc.oneof(
      number.map((n) => JSON.stringify(Math.abs(n))),
      text.map((t) => JSON.stringify(t)),
      fc.constantFrom('null', 'true', 'false', 'undefined', 'NaN', 'Infinity', '0', '1e21', '.5e-7', '0b11', '1_000'),
    );
    const binary = ['+', '-', '*', '/', '%', '<', '<=', '>', '>=', '==', '!=', '===', '!==', '&&', '||'];
    const { source } = fc.letrec<Record<'source', string>>((tie) => ({
      source: fc.oneof(
        { maxDepth: 4, depthIdentifier: 'source' },
        fc.constantFrom('$trigger', '$index', '$item'),
        literal,
        fc.tuple(tie('source'), name).map(([o, n]) => `(${o})[${JSON.stringify(n)}]`),
        fc
          .tuple(fc.constantFrom('$trigger', '$item'), name, name)
          .map(([o, n, m]) => `${o}?.${o && '["' + n + '"]'}.${m === '0' || m === '1' ? 'a' : m}`),
        fc.tuple(tie('source'), tie('source')).map(([o, k]) => `(${o})?.[${k}]`),
        fc.tuple(fc.constantFrom('-', '+', '!', 'typeof '), tie('source')).map(([o, a]) => `${o}(${a})`),
        fc.tuple(tie('source'), fc.constantFrom(...binary), tie('source')).map(([a, o, b]) => `((${a}) ${o} (${b}))`),
        fc.tuple(tie('source'), tie('source')).map(([a, b]) => `((${a}) ?? (${b}))`),
        fc.tuple(tie('source'), tie('source'), tie('source')).map(([a, b, c]) => `((${a}) ? (${b}) : (${c}))`),
        fc.tuple(tie('source'), tie('source')).map(([a, b]) => `\`x\${${a}}\\n\${${b}}\``),
        fc.array(tie('source'), { maxLength: 3 }).map((all) => `[${all.join()}]`),
        fc
          .array(fc.tuple(fc.constantFrom('a', '"b c"', '1', '1e3', 'toString', 'toJSON'), tie('source')), {
            maxLength: 3,
          })
          .map((all) => `({ ${all.map(([k, v]) => `${k}: ${v}`).join()} })`),
      ),
    }));
    let plain = 0;
    await fc.assert(
      fc.asyncProperty(source, value, value, fc.nat(2), async (expression, $trigger, $item, $index) => {
        const given = { $trigger, $item, $index };
        const result = plainOf(expression)!(given);
        if (result === NOT_PLAIN) return;
        plain++;
        const real = await really(expression, given);
        expect(result).toEqual(real);
        expect(Object.is(result, real) || JSON.stringify(result) === JSON.stringify(real)).toBe(true);
      }),
      { numRuns: 3_000 },
    );
    // Or it would say nothing.
    expect(plain).toBeGreaterThan(1_000);
  });

  it('leaves errors to the interpreter, which tells them all in the same way', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('null', 'undefined', '$trigger.none', '$item'),
        fc.constantFrom('a', 'b'),
        async (base, key) => {
          const source = `1 + (${base}).${key}`;
          expect(plainly(source, scope)).toBe(NOT_PLAIN);
          await expect(really(source, scope)).rejects.toThrow(`cannot read property '${key}' of`);
        },
      ),
      { numRuns: 20 },
    );
  });
});
