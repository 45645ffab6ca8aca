import { fieldOf } from './field-of';

const VALUE = { motor: { rpm: 60, state: null }, axes: [{ x: 1 }, { x: 2 }], 'a b': 'c', text: 'abc' };

it.each([
  [null, VALUE],
  ['motor.rpm', 60],
  ['motor.state', null],
  ['axes.1.x', 2],
  ['axes.-1.x', 2],
  ['a b', 'c'],
  ['motor', VALUE.motor],
  ['none', undefined],
  ['motor.rpm.none', undefined],
  ['motor.state.none', undefined],
  ['axes.length', undefined],
  ['axes.2', undefined],
  ['text.length', undefined],
  ['constructor', undefined],
  ['__proto__', undefined],
])('the field %s', (field, expected) => {
  expect(fieldOf(VALUE, field)).toEqual(expected);
});

it('of a value that is no object is none', () => {
  expect([fieldOf(5, 'a'), fieldOf(null, 'a'), fieldOf(5, null)]).toEqual([undefined, undefined, 5]);
});
