/** Says which step is being done, and how long it took once the next one begins. */
export class Progress {
  private readonly began = performance.now();
  private step: { name: string; since: number } | undefined;

  constructor(private readonly out: { write(text: string): unknown }) {}

  begin(name: string): void {
    this.end();
    this.step = { name, since: performance.now() };
    this.out.write(`${name} … `);
  }

  end(): void {
    if (!this.step) return;
    this.out.write(`${seconds(performance.now() - this.step.since)}\n`);
    this.step = undefined;
  }

  /** Ends the line of a step that did not come to its end. */
  interrupt(): void {
    if (this.step) this.out.write('\n');
    this.step = undefined;
  }

  total(): string {
    return seconds(performance.now() - this.began);
  }
}

const seconds = (milliseconds: number): string => `${(milliseconds / 1000).toFixed(1)} s`;
