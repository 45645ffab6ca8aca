import type { FeedReader, FeedRow } from './feed-reader';
import type { Position } from './position';

/** Rows that are kept for listeners that are not as quick as the rest. */
const MOST_KEPT = 20_000;
const PAGE = 2_000;
/** Looked for at least so often: a signal may be lost with its connection. */
const LOOK_MS = 1_000;

/**
 * The end of one organization's feed, read once for all who listen in this process. Rows have numbers, counted from the
 * first one that was read.
 */
export class FeedTail {
  private rows: FeedRow[] = [];
  private first = 0;
  private wanted = false;
  private reading: Promise<void> | undefined;
  private readonly waiting = new Set<() => void>();
  private readonly timer = setInterval(() => this.look(), LOOK_MS).unref();

  constructor(
    private readonly organizationId: string,
    private readonly reader: FeedReader,
    private readonly position: Position,
    private readonly complain: (error: unknown) => void,
  ) {}

  /** The number of the oldest row that is kept, or of the next one. */
  get start(): number {
    return this.first;
  }

  /** Rows from that number on; undefined where some of them are not kept any more. */
  from(number: number): readonly FeedRow[] | undefined {
    return number < this.first ? undefined : this.rows.slice(number - this.first);
  }

  /** Resolves when there are rows from that number on, or the signal is aborted. */
  async arrived(number: number, signal: AbortSignal): Promise<void> {
    if (number < this.first + this.rows.length || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = (): void => resolve();
    this.waiting.add(end);
    signal.addEventListener('abort', end, { once: true });
    await promise;
    this.waiting.delete(end);
    signal.removeEventListener('abort', end);
  }

  /** Reads what is there; what comes while it reads is read afterwards. */
  look(): void {
    this.wanted = true;
    this.reading ??= this.read().finally(() => {
      this.reading = undefined;
      // What came between its last look and now.
      if (this.wanted) this.look();
    });
  }

  close(): void {
    clearInterval(this.timer);
  }

  private async read(): Promise<void> {
    try {
      while (this.wanted) {
        this.wanted = false;
        const rows = await this.reader.after(this.organizationId, this.position, PAGE);
        for (const { lane, seq, at } of rows) this.position.advance(lane, seq, at);
        if (rows.length > 0) this.take(rows);
        if (rows.length >= PAGE) this.wanted = true;
      }
    } catch (error) {
      // The next look may be luckier.
      this.complain(error);
    }
  }

  private take(rows: FeedRow[]): void {
    this.rows.push(...rows);
    const surplus = this.rows.length - MOST_KEPT;
    if (surplus > 0) {
      this.rows.splice(0, surplus);
      this.first += surplus;
    }
    for (const resolve of this.waiting) resolve();
  }
}
