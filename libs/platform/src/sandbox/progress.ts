/** Milliseconds of a clock that all threads share and nobody sets. */
const monotonic = (): number => Number(process.hrtime.bigint()) / 1e6;

/** The cells of the shared memory. */
const DEADLINE = 0;
const INDEX = 1;
const ABORTED = 2;

/**
 * How far an evaluation is, in memory that the thread it runs in shares with those who wait for it: what runs there can
 * neither be asked nor told otherwise.
 */
export class Progress {
  private readonly cells: Float64Array<SharedArrayBuffer>;

  constructor(memory = new SharedArrayBuffer(3 * Float64Array.BYTES_PER_ELEMENT)) {
    this.cells = new Float64Array(memory);
  }

  get memory(): SharedArrayBuffer {
    return this.cells.buffer;
  }

  /** The script that runs, or ran last. */
  get index(): number {
    return this.cells[INDEX]!;
  }

  get aborted(): boolean {
    return this.cells[ABORTED] !== 0;
  }

  /** Milliseconds since its time was over or it was aborted; negative before, -Infinity before it began. */
  get overdueMs(): number {
    const { [DEADLINE]: deadline = 0, [ABORTED]: aborted = 0 } = this.cells;
    const ends = [deadline, aborted].filter((end) => end !== 0);
    return ends.length === 0 ? -Infinity : monotonic() - Math.min(...ends);
  }

  begin(index: number, timeMs: number): void {
    this.cells[INDEX] = index;
    this.cells[DEADLINE] = monotonic() + timeMs;
  }

  abort(): void {
    this.cells[ABORTED] = monotonic();
  }
}
