import { unavailable } from '#kernel';

/** Runs at most so many pieces of costly work at once and lets a bounded number wait; any more are turned away. */
export class Bounded {
  private running = 0;
  private readonly waiting: (() => void)[] = [];

  constructor(
    private readonly maxRunning: number,
    private readonly maxWaiting: number,
  ) {}

  /** @throws DomainError `unavailable` when too many wait already. */
  async run<T>(work: () => Promise<T>): Promise<T> {
    if (this.running < this.maxRunning) this.running++;
    else await this.turn();
    try {
      return await work();
    } finally {
      // The place goes from hand to hand, so that nobody slips in between.
      const next = this.waiting.shift();
      if (next) next();
      else this.running--;
    }
  }

  private turn(): Promise<void> {
    if (this.waiting.length >= this.maxWaiting) throw unavailable('Too many sign-ins at once', 2);
    return new Promise((resolve) => this.waiting.push(resolve));
  }
}
