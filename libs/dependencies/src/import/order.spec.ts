import { inOrder } from './order';

const item = (key: string, ...needs: string[]) => ({ key, needs });
const keys = (items: readonly { key: string }[]) => items.map(({ key }) => key).join('');

it('puts each after those that it needs, and leaves the others as they come', () => {
  const { ordered, circle } = inOrder([item('a', 'c'), item('b'), item('c', 'd', 'elsewhere'), item('d')]);
  expect([keys(ordered), circle]).toEqual(['dcab', undefined]);
});

it('names a circle', () => {
  expect(inOrder([item('a', 'b'), item('b', 'c'), item('c', 'b')]).circle).toEqual(['b', 'c', 'b']);
  expect(inOrder([item('a', 'a')]).circle).toEqual(['a', 'a']);
});

it('goes as far as a file is long', () => {
  const chain = Array.from({ length: 50_000 }, (_, index) => item(`${index}`, `${index + 1}`));
  expect(inOrder(chain).ordered[0]!.key).toBe('49999');
});
