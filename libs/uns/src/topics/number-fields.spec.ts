import type { JsonValue } from '#kernel';
import { numberFields } from './number-fields';

describe('numberFields', () => {
  it('names the numbers of an object', () => {
    const value = { rpm: 1, state: 'on', motor: { current: 2, phase: { a: 3, ok: true } }, list: [1], nothing: null };
    expect(numberFields(value)).toEqual(['rpm', 'motor.current', 'motor.phase.a']);
  });

  it('leaves out what a name with dots cannot reach', () => {
    expect(numberFields({ 'a.b': 1, '': 2, c: { 'd.e': 3 } })).toEqual([]);
  });

  it.each<JsonValue>([1, 'text', null, [1, 2], {}])('finds none in %j', (value) => {
    expect(numberFields(value)).toEqual([]);
  });

  it('ends', () => {
    const wide = Object.fromEntries(Array.from({ length: 1_000 }, (_, index) => [`f${index}`, index]));
    expect(numberFields(wide)).toHaveLength(200);
    const deep = Array.from({ length: 50 }).reduce<JsonValue>((inner) => ({ a: inner, n: 1 }), 1);
    expect(numberFields(deep)).toHaveLength(8);
  });
});
