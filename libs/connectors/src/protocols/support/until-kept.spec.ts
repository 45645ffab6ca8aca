import type { Subscriber } from '../protocol';
import { pauseAfter, untilKept } from './until-kept';

/** Keeps a message at the n-th try. */
class Keeper implements Subscriber {
  readonly functionId = 'function';
  readonly parameters = new Map();
  tries = 0;
  constructor(private readonly keptAt: number) {}

  take(): Promise<void> {
    this.tries++;
    return this.tries < this.keptAt ? Promise.reject(new Error('not now')) : Promise.resolve();
  }

  dropped(): void {
    throw new Error('nothing is dropped');
  }
}

describe('a message that its source cannot take back', () => {
  it('is offered until it is kept', async () => {
    const keeper = new Keeper(2);
    expect(await untilKept(keeper, { payload: 1 }, new AbortController().signal)).toBe(true);
    expect(keeper.tries).toBe(2);
  });

  it('is given up with its subscription', async () => {
    const closed = new AbortController();
    const keeper = new Keeper(Infinity);
    const kept = untilKept(keeper, { payload: 1 }, closed.signal);
    closed.abort();
    expect(await kept).toBe(false);
    expect(keeper.tries).toBe(1);
  });

  it('waits longer with each failure, within bounds', () => {
    expect([0, 1, 2, 10, 2_000].map(pauseAfter)).toEqual([500, 1_000, 2_000, 15_000, 15_000]);
  });
});
