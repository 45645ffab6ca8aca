import { parseSort } from './sort';

const FIELDS = ['name', 'createdAt'] as const;

it.each([
  [undefined, { name: 'ASC' }],
  ['createdAt', { createdAt: 'ASC' }],
  ['-createdAt', { createdAt: 'DESC' }],
  ['-createdAt,name', { createdAt: 'DESC', name: 'ASC' }],
])('%s', (sort, order) => {
  expect(parseSort(sort, FIELDS, 'name')).toEqual(order);
});

it('keeps the order of the fields', () => {
  expect(Object.keys(parseSort('createdAt,name', FIELDS, 'name'))).toEqual(['createdAt', 'name']);
});

it.each(['', ',', 'name,', 'id', '--name', '- name', 'Name', 'name;drop', 'toString', '__proto__'])(
  'refuses %j',
  (sort) => {
    expect(() => parseSort(sort, FIELDS, 'name')).toThrow('Sort must be one of name, createdAt');
  },
);
