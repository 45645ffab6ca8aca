import type { JsonValue } from '#kernel';
import { valueAt, withValues } from './places';

const CONTENT = {
  config: { password: '********', 'a/b': 1 },
  headers: [{ value: 'x' }, { value: 'y' }],
  nodes: [
    { id: '1', key: 'of 1' },
    { id: '0', key: 'of 0' },
  ],
};

it.each([
  ['/config/password', '********'],
  ['/config/a~1b', 1],
  ['/headers/1/value', 'y'],
  ['/headers/2/value', undefined],
  ['/headers/-1', undefined],
  ['/nodes/1/key', 'of 1'],
  ['/nodes/0/key', 'of 0'],
  ['/nodes/2/key', undefined],
  ['/config/toString', undefined],
  ['/config/password/length', undefined],
  ['', CONTENT],
])('at %j stands %j', (pointer, value) => expect(valueAt(CONTENT, pointer)).toEqual(value));

it('puts values in their places, of a copy', () => {
  const before = structuredClone(CONTENT);
  const values = new Map<string, JsonValue | undefined>([
    ['/config/password', 'secret'],
    ['/config/token', 'new'],
    ['/config/a~1b', undefined],
    ['/headers/0/value', { nested: true }],
    ['/headers/7/value', 'nowhere'],
    ['/nodes/0/key', 'put'],
    ['/nodes/1/key', undefined],
    ['/nodes/2/key', 'nowhere'],
    ['/missing/deep', 'nowhere'],
  ]);
  expect(withValues(CONTENT, values)).toEqual({
    config: { password: 'secret', token: 'new' },
    headers: [{ value: { nested: true } }, { value: 'y' }],
    nodes: [{ id: '1' }, { id: '0', key: 'put' }],
  });
  expect(CONTENT).toEqual(before);
});
