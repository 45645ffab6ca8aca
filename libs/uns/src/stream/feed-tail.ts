import type { FeedReader, FeedRow } from './feed-reader';
import type { Position } from './position';

/** Rows, and characters of their records, that are kept for listeners that are not as quick as the rest. */
const MOST_KEPT = { rows: 20_000, characters: 8 * 1024 * 1024 };
const PAGE = 2_000;
/** Looked for at least so often: a signal may be lost with its connection. */
const LOOK_MS = 1_000;

/** A crash of the server has emptied the feed: nobody knows what is missing before the rows that follow. */
export const EMPTIED = 'emptied';
export type FeedEntry = FeedRow | typeof EMPTIED;

const lengthOf = (entry: FeedEntry): number => (entry === EMPTIED ? 0 : entry.record.length);

/**
 * The end of one organization's feed, read once for all who listen in this process. Rows have numbers, counted from the
 * first one that was read.
 */
export class FeedTail {
  private rows: FeedEntry[] = [];
  private characters = 0;
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

  /** The number of the next row. */
  get end(): number {
    return this.first + this.rows.length;
  }

  /** Rows from that number on; undefined where some of them are not kept any more. */
  from(number: number): readonly FeedEntry[] | undefined {
    return number < this.first ? undefined : this.rows.slice(number - this.first);
  }

  /** Resolves when there are rows from that number on, or the signal is aborted. */
  async arrived(number: number, signal: AbortSignal): Promise<void> {
    if (number < this.end || signal.aborted) return;
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
        if (await this.isEmptiedBefore(rows)) this.take([EMPTIED]);
        for (const { lane, seq, at } of rows) this.position.advance(lane, seq, at);
        if (rows.length > 0) this.take(rows);
        if (rows.length >= PAGE) this.wanted = true;
      }
    } catch (error) {
      // The next look may be luckier.
      this.complain(error);
    }
  }

  /** After a crash writers begin new lanes, or go on with numbers that tell by themselves what is missing. */
  private async isEmptiedBefore(rows: readonly FeedRow[]): Promise<boolean> {
    const isNew = rows.some(({ lane }) => this.position.of(lane) === 0);
    return isNew && this.position.isGoneFrom(await this.reader.end(this.organizationId));
  }

  private take(entries: readonly FeedEntry[]): void {
    for (const entry of entries) {
      this.rows.push(entry);
      this.characters += lengthOf(entry);
    }
    let surplus = 0;
    while (this.rows.length - surplus > MOST_KEPT.rows || this.characters > MOST_KEPT.characters) {
      this.characters -= lengthOf(this.rows[surplus++]!);
    }
    this.rows.splice(0, surplus);
    this.first += surplus;
    for (const resolve of this.waiting) resolve();
  }
}
