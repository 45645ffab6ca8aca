/** So many at the same time; who comes beyond waits, first come, first served. */
export class Room {
  private free: number;
  private readonly waiting: (() => void)[] = [];

  constructor(most: number) {
    this.free = most;
  }

  /** Resolves when there is room, which is then taken until `leave`. */
  async enter(): Promise<void> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
  }

  leave(): void {
    const next = this.waiting.shift();
    // The place goes over to the one that waits.
    if (next) next();
    else this.free++;
  }
}
