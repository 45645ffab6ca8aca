import { CommitPositions } from './commit-positions';

describe('positions to commit', () => {
  it('never pass a record that is not kept yet', () => {
    const positions = new CommitPositions();
    for (const offset of [7n, 8n, 11n]) positions.begin('a', 0, offset);
    positions.done('a', 0, 8n);
    expect(positions.take()).toEqual([]);
    positions.done('a', 0, 7n);
    expect(positions.take()).toEqual([{ topic: 'a', partition: 0, offset: 9n }]);
    expect(positions.take()).toEqual([]);
    positions.done('a', 0, 11n);
    expect(positions.take()).toEqual([{ topic: 'a', partition: 0, offset: 12n }]);
  });

  it('are of each partition of each topic', () => {
    const positions = new CommitPositions();
    positions.begin('a', 0, 1n);
    positions.begin('a', 1, 1n);
    positions.begin('b', 0, 5n);
    positions.done('a', 1, 1n);
    positions.done('b', 0, 5n);
    expect(positions.take()).toEqual([
      { topic: 'a', partition: 1, offset: 2n },
      { topic: 'b', partition: 0, offset: 6n },
    ]);
  });

  it('know nothing of what did not begin', () => {
    const positions = new CommitPositions();
    positions.done('a', 0, 1n);
    expect(positions.take()).toEqual([]);
  });
});
