/** Lets so many work at the same time; the others wait for their turn, in their order. */
export class Turns {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(most: number) {
    this.free = most;
  }

  /** @throws the signal's reason when it aborts before the turn came; what the work throws. */
  async take<T>(signal: AbortSignal, work: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    if (this.free > 0) this.free--;
    else await this.wait(signal);
    try {
      return await work();
    } finally {
      // Handed on, so that nobody comes in between.
      const next = this.waiting.shift();
      if (next) next();
      else this.free++;
    }
  }

  private wait(signal: AbortSignal): Promise<void> {
    return new Promise((comes, fails) => {
      const come = (): void => {
        signal.removeEventListener('abort', leave);
        comes();
      };
      const leave = (): void => {
        this.waiting.splice(this.waiting.indexOf(come), 1);
        fails(signal.reason as Error);
      };
      this.waiting.push(come);
      signal.addEventListener('abort', leave, { once: true });
    });
  }
}
