import type { JsonValue } from '#kernel';
import type { ModelField } from './model-field';
import { sensitivePaths, valuesAt } from './sensitive-paths';

const FIELDS: ModelField[] = [
  { name: 'password', type: 'string', sensitive: true },
  { name: 'name', type: 'string' },
  { name: 'card', type: 'object', sensitive: true, fields: [{ name: 'number', type: 'string' }] },
  {
    name: 'people',
    type: 'array',
    items: { type: 'object', fields: [{ name: 'mail', type: 'string', sensitive: true }] },
  },
  { name: 'codes', type: 'array', items: { type: 'array', items: { type: 'string', sensitive: true } } },
];

it.each<[JsonValue, JsonValue[]]>([
  [{ password: 'p', name: 'n', card: { number: '1' } }, ['p', { number: '1' }]],
  [{ people: [{ mail: 'a' }, {}, { mail: null }, 'x'] }, ['a', null]],
  [{ codes: [['1', '2'], [], '3', ['4']] }, ['1', '2', '4']],
  [{ people: { mail: 'a' }, codes: 'x' }, []],
  ['text', []],
  [null, []],
])('of %j the sensitive values are %j', (value, values) => {
  expect(valuesAt(value, sensitivePaths(FIELDS))).toEqual(values);
});
