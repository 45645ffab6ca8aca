import { jsonProblem, type JsonValue } from '#kernel';
import * as fc from 'fast-check';
import { boundedDocument, boundedText } from './bounds';

describe('boundedText', () => {
  it.each([
    ['short', 'short'],
    ['exactly 10', 'exactly 10'],
    ['more than ten', 'more than…'],
    ['12345678😀0', '12345678�…'],
    ['a\0b', 'ab'],
  ])('makes of %j %j', (text, expected) => {
    expect(boundedText(text, 10)).toBe(expected);
  });

  it('never gives more than it was asked for, nor what cannot be stored', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 50 }), fc.integer({ min: 1, max: 50 }), (text, max) => {
        const bounded = boundedText(text, max);
        expect(bounded.length).toBeLessThanOrEqual(max);
        expect(jsonProblem(bounded)).toBeUndefined();
      }),
    );
  });
});

describe('boundedDocument', () => {
  it('leaves alone what fits', () => {
    const document = { name: { from: 'a', to: ['b'] }, count: { from: null, to: 1 } };
    expect(boundedDocument(document)).toEqual(document);
  });

  it('blots out tokens, wherever they stand', () => {
    const token = `mh_secret_${'a'.repeat(43)}`;
    expect(boundedDocument({ a: { b: [`x ${token}`] } })).toEqual({ a: { b: ['x [redacted]'] } });
  });

  it('shortens long values and says so', () => {
    const long = 'x'.repeat(20_000);
    expect(boundedDocument({ a: { from: long, to: 1 }, b: 2 })).toEqual({
      cut: true,
      a: { from: `${'x'.repeat(499)}…`, to: 1 },
      b: 2,
    });
  });

  it('never gives more than 16 KiB', () => {
    const texts = fc.string({ unit: 'binary', maxLength: 3_000 });
    const documents = fc.dictionary(fc.string(), fc.oneof(texts, fc.array(texts, { maxLength: 3 })), { maxKeys: 20 });
    const many = Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`field ${index}`, 'ä'.repeat(400)]));
    const check = (document: Record<string, JsonValue>): void => {
      const bounded = boundedDocument(document);
      expect(Buffer.byteLength(JSON.stringify(bounded))).toBeLessThanOrEqual(16 * 1024);
    };
    check(many);
    fc.assert(
      fc.property(documents, (document) => check(document as Record<string, JsonValue>)),
      { numRuns: 50 },
    );
  });
});
