import { statesOf } from './states';

describe('states over time', () => {
  it('last until another comes, and the last until now', () => {
    const points: [number, unknown][] = [
      [0, 'off'],
      [20, 'on'],
      [30, 'on'],
      [40, { a: 1 }],
      [50, { a: 1 }],
      [60, 'off'],
    ];
    expect(statesOf(points, { from: 10, to: 100 }, 70)).toEqual([
      { value: 'off', from: 10, to: 20 },
      { value: 'on', from: 20, to: 40 },
      { value: { a: 1 }, from: 40, to: 60 },
      { value: 'off', from: 60, to: 70 },
    ]);
  });
});
