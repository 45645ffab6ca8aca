import { foldCase } from './fold-case';

it.each([
  ['MES', 'mes'],
  ['Ölpumpe', 'ölpumpe'],
  ['ΟΔΟΣ', 'οδοσ'],
  ['οδος', 'οδος'],
  ['İstanbul', 'istanbul'],
  ['Straße 𐐀', 'straße 𐐨'],
  ['', ''],
])('folds %j to %j', (name, folded) => {
  expect(foldCase(name)).toBe(folded);
});
