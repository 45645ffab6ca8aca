import { FilterTrie } from '#platform/mqtt';
import { FEED_MINUTES, type FeedReader } from './feed-reader';
import { EMPTIED, type FeedEntry, type FeedTail } from './feed-tail';
import type { Position } from './position';

/** Who listens. */
export interface Listener {
  filters: readonly string[];
  /** Rights may change while it listens. */
  mayRead(topic: string): boolean;
  /** Resolves when more may be sent. */
  send(event: 'open' | 'record' | 'gap', data: string, id?: string): Promise<void>;
  /** Ends the stream. */
  signal: AbortSignal;
}

const PAGE = 1_000;

/**
 * One listener's way through the feed: what it has missed from the tables, everything else from the tail that all share.
 * It is never hurried: one that is slower than the tail keeps goes back to the tables, and is told of a gap where even
 * those have forgotten.
 */
export class LiveStream {
  private readonly wanted = new FilterTrie<true>();
  private readonly topics = new Map<string, boolean>();
  private position!: Position;
  /** It was told so, and nothing has come since then. */
  private isEmptied = false;

  constructor(
    private readonly organizationId: string,
    private readonly listener: Listener,
    private readonly reader: FeedReader,
    private readonly tail: FeedTail,
  ) {
    for (const filter of listener.filters) this.wanted.set(filter, filter, true);
  }

  async run(resumeAt: Position | undefined): Promise<void> {
    // What the tail has by now is behind `now`, too.
    let next = this.tail.end;
    const now = await this.reader.end(this.organizationId);
    const forgotten = resumeAt !== undefined && resumeAt.time < Date.now() - FEED_MINUTES * 60_000;
    this.position = resumeAt && !forgotten ? resumeAt : now;
    await this.listener.send('open', '{}', this.position.encode());
    if (forgotten) await this.tellGap(resumeAt.time);
    if (this.position !== now) next = await this.catchUp();
    while (!this.listener.signal.aborted) {
      const rows = this.tail.from(next);
      if (rows === undefined) next = await this.catchUp();
      else if (rows.length === 0) await this.tail.arrived(next, this.listener.signal);
      else {
        await this.tell(rows);
        next += rows.length;
      }
    }
  }

  /** Reads on from the tables; answers from where the tail has what comes then. */
  private async catchUp(): Promise<number> {
    if (this.position.isGoneFrom(await this.reader.end(this.organizationId))) await this.tellEmptied();
    for (;;) {
      const next = this.tail.end;
      const rows = await this.reader.after(this.organizationId, this.position, PAGE);
      await this.tell(rows);
      if (rows.length < PAGE || this.listener.signal.aborted) return next;
    }
  }

  private async tell(entries: readonly FeedEntry[]): Promise<void> {
    // Told with the row that follows, which the tail takes in the same turn: there always is one.
    let isEmptied = false;
    for (const entry of entries) {
      if (this.listener.signal.aborted) return;
      if (entry === EMPTIED) {
        isEmptied = true;
        continue;
      }
      const { lane, seq, at, topic, record } = entry;
      const last = this.position.of(lane);
      if (seq <= last) {
        // It was read from the tables, with that news.
        isEmptied = false;
        continue;
      }
      if (isEmptied) await this.tellEmptied();
      isEmptied = false;
      if (seq > last + 1) await this.tellGap(this.position.time);
      this.position.advance(lane, seq, at);
      this.isEmptied = false;
      if (this.wants(topic)) await this.listener.send('record', record, this.position.encode());
    }
  }

  private async tellEmptied(): Promise<void> {
    if (this.isEmptied) return;
    this.isEmptied = true;
    await this.tellGap(this.position.time);
  }

  private tellGap(from: number): Promise<void> {
    return this.listener.send('gap', JSON.stringify({ from: new Date(from).toISOString() }), this.position.encode());
  }

  private wants(topic: string): boolean {
    let known = this.topics.get(topic);
    if (known === undefined) {
      known = false;
      this.wanted.match(topic, () => (known = true));
      if (this.topics.size < MOST_TOPICS) this.topics.set(topic, known);
    }
    return known && this.listener.mayRead(topic);
  }
}

/** Topics for which it is remembered whether they are listened to. */
const MOST_TOPICS = 10_000;
