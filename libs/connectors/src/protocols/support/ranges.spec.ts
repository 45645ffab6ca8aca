import { rangesOf, type Span } from './ranges';

const span = (address: number, quantity: number, space = 'a'): Span => ({ space, address, quantity });

const pieces = (spans: Span[], maxGap = 0, most = 125): [number, number, number][] =>
  rangesOf(spans, { maxGap, most: () => most }).map(({ address, quantity, spans: own }) => [
    address,
    quantity,
    own.length,
  ]);

describe('ranges', () => {
  it('join neighbours in whatever order they are told, and those that overlap', () => {
    expect(pieces([span(4, 2), span(0, 2), span(2, 2), span(3, 1)])).toEqual([[0, 6, 4]]);
  });

  it('leave gaps that are too wide', () => {
    expect(pieces([span(0, 1), span(3, 1), span(7, 1)], 2)).toEqual([
      [0, 4, 2],
      [7, 1, 1],
    ]);
  });

  it('keep spaces apart', () => {
    expect(pieces([span(0, 1), span(1, 1, 'b'), span(1, 1)], 10)).toEqual([
      [0, 2, 2],
      [1, 1, 1],
    ]);
  });

  it('are no longer than a piece may be', () => {
    expect(pieces([span(0, 100), span(100, 25), span(125, 1)])).toEqual([
      [0, 125, 2],
      [125, 1, 1],
    ]);
  });

  it('do not shrink by a span that lies inside', () => {
    expect(pieces([span(0, 10), span(2, 1), span(10, 1)])).toEqual([[0, 11, 3]]);
  });
});
