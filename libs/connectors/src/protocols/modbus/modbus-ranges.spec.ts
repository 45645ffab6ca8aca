import { rangesOf, type Area, type Span } from './modbus-ranges';

const span = (address: number, quantity: number, area: Area = 'holdingRegister', unitId = 1): Span => ({
  unitId,
  area,
  address,
  quantity,
});

const requests = (spans: Span[], maxGap = 0): [number, number, number][] =>
  rangesOf(spans, maxGap).map(({ address, quantity, spans: own }) => [address, quantity, own.length]);

describe('ranges', () => {
  it('join neighbours in whatever order they are told, and those that overlap', () => {
    expect(requests([span(4, 2), span(0, 2), span(2, 2), span(3, 1)])).toEqual([[0, 6, 4]]);
  });

  it('leave gaps that are too wide', () => {
    expect(requests([span(0, 1), span(3, 1), span(7, 1)], 2)).toEqual([
      [0, 4, 2],
      [7, 1, 1],
    ]);
  });

  it('keep areas and units apart', () => {
    expect(rangesOf([span(0, 1), span(1, 1, 'inputRegister'), span(2, 1, 'holdingRegister', 2)], 10)).toHaveLength(3);
  });

  it('are no longer than a request may be', () => {
    expect(requests([span(0, 100), span(100, 25), span(125, 1)])).toEqual([
      [0, 125, 2],
      [125, 1, 1],
    ]);
    expect(requests([span(0, 1_999, 'coil'), span(1_999, 1, 'coil'), span(2_000, 1, 'coil')])).toEqual([
      [0, 2_000, 2],
      [2_000, 1, 1],
    ]);
  });

  it('do not shrink by a span that lies inside', () => {
    expect(requests([span(0, 10), span(2, 1), span(10, 1)])).toEqual([[0, 11, 3]]);
  });
});
