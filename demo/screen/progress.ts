/** Says which step is being done, and how long it took once the next one begins. */
export class Progress {
  private readonly began = performance.now();
  private since: number | undefined;

  begin(step: string): void {
    this.end();
    this.since = performance.now();
    process.stderr.write(`${step} … `);
  }

  end(): void {
    if (this.since !== undefined) process.stderr.write(`${seconds(performance.now() - this.since)}\n`);
    this.since = undefined;
  }

  /** Ends the line of a step that did not come to its end. */
  interrupt(): void {
    if (this.since !== undefined) process.stderr.write('\n');
    this.since = undefined;
  }

  total(): string {
    return seconds(performance.now() - this.began);
  }
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1_000).toFixed(1)} s`;
