/** Lets one who waits be woken early; a wake-up that comes before is not lost. */
export class Wake {
  private pending = false;
  private waiter: (() => void) | undefined;

  wake(): void {
    this.pending = true;
    this.waiter?.();
  }

  /** Until it is woken, or so many milliseconds are over. */
  async wait(milliseconds: number): Promise<void> {
    if (!this.pending) {
      await new Promise<void>((done) => {
        const timer = setTimeout(done, milliseconds);
        this.waiter = () => {
          clearTimeout(timer);
          done();
        };
      });
    }
    this.pending = false;
    this.waiter = undefined;
  }
}
