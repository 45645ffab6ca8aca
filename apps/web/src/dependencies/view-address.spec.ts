import { addressOf, entityPath, viewOf } from './view-address';

const viewAt = (query: string) => viewOf(new URLSearchParams(query));

describe('the address of the page', () => {
  it.each([
    '/dependencies',
    '/dependencies?hide=model%2Ctopic',
    '/dependencies?root=pipeline%3A1',
    '/dependencies?root=topic%3AmHv1.0%2Fa+b%2F%23%2F%2B&depth=5&direction=dependents&hide=model',
  ])('is its view again: %s', (address) => {
    expect(addressOf(viewAt(address.split('?')[1] ?? ''))).toBe(address);
  });

  it.each(['depth=0', 'depth=6', 'depth=x', 'direction=up', 'hide=', 'hide=,,'])('takes no notice of %s', (query) => {
    expect(viewAt(query)).toEqual({ root: '', direction: 'both', depth: 2, hidden: new Set() });
  });
});

it('names entities by ids and by paths', () => {
  expect(entityPath('model:1')).toBe('/dependencies/graph/model/1');
  expect(entityPath('topic:mHv1.0/a:b/50 %')).toBe('/dependencies/graph/topic/mHv1.0%2Fa%3Ab%2F50%20%25');
});
