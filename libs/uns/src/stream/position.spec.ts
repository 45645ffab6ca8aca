import { encodeCursor } from '#kernel';
import { Position } from './position';

describe('a position', () => {
  it('comes back as it was', () => {
    const position = new Position([[7, 3]], 1_000);
    position.advance(9, 1, 2_000);
    const again = Position.decode(position.encode())!;
    expect([again.of(7), again.of(9), again.of(8), again.time]).toEqual([3, 1, 0, 2_000]);
  });

  it.each(['', 'nonsense', encodeCursor(['a']), encodeCursor([1, 2]), encodeCursor([1, 2, 'x']), encodeCursor([1.5])])(
    'is not made of %j',
    (text) => {
      expect(Position.decode(text)).toBeUndefined();
    },
  );

  it('comes back however many writers there have been, and forgets those that are still for longest', () => {
    const position = new Position([], 0);
    for (let lane = 1; lane <= 1_000; lane++) {
      position.advance(lane, 1, lane);
      position.advance(1, lane, lane);
    }
    const again = Position.decode(position.encode())!;
    expect([again.of(1), again.of(1_000), again.of(2)]).toEqual([1_000, 1, 0]);
  });

  describe('tells whether the feed was emptied since its last row', () => {
    const seen = (time: number): Position => {
      const position = new Position([[7, 3]], time);
      position.advance(9, 1, time);
      return position;
    };

    it.each([
      ['its lane is there', seen(Date.now()), [9], false],
      ['its lane is gone', seen(Date.now()), [7], true],
      ['its lane is gone, and the position comes back', Position.decode(seen(Date.now()).encode())!, [7], true],
      ['lanes may have been forgotten since', seen(Date.now() - 3_600_000), [7], false],
      ['there was no row', new Position([[7, 3]], Date.now()), [], false],
    ])('%s', (_, position, lanes, expected) => {
      const now = new Position(
        lanes.map((lane) => [lane, 5] as const),
        Date.now(),
      );
      expect(position.isGoneFrom(now)).toBe(expected);
    });
  });

  it('has an end', () => {
    expect(Position.decode(encodeCursor([1, ...Array<number>(10_000).fill(1)]))).toBeUndefined();
  });
});
