import { ApiError } from './api-error';
import type { Client } from './client';
import { EventParser, type ServerEvent } from './event-parser';
import type { UnsRecord } from './types';

/** `paused`: nobody has looked for a while. `refused`: asking again would change nothing. */
export type StreamState = 'connecting' | 'live' | 'reconnecting' | 'paused' | 'refused';

export interface StreamListener {
  records: (records: UnsRecord[]) => void;
  state: (state: StreamState) => void;
  /** Something is missing: read history again. */
  gap: () => void;
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 15_000;
/** Three keep-alives of the server. */
const SILENCE_MS = 45_000;
/** A tab that is hidden for so long lets its stream go. */
const HIDDEN_MS = 5 * 60_000;

/** Values of the topics that some filters match, as they are stored, until `close`. */
export class RecordStream {
  private readonly closing = new AbortController();
  private connection: AbortController | undefined;
  private lastId: string | undefined;
  private wait = FIRST_WAIT_MS;
  private hiding: ReturnType<typeof setTimeout> | undefined;
  private paused = false;
  private wake: () => void = () => undefined;

  constructor(
    private readonly client: Client,
    private readonly topics: readonly string[],
    private readonly listener: StreamListener,
  ) {
    document.addEventListener('visibilitychange', this.visibility);
    listener.state('connecting');
    void this.run();
  }

  close(): void {
    document.removeEventListener('visibilitychange', this.visibility);
    clearTimeout(this.hiding);
    this.closing.abort();
    this.connection?.abort();
    this.wake();
  }

  private readonly visibility = (): void => {
    clearTimeout(this.hiding);
    if (document.hidden) {
      this.hiding = setTimeout(() => this.pause(), HIDDEN_MS);
      return;
    }
    this.paused = false;
    this.wait = FIRST_WAIT_MS;
    this.wake();
  };

  private pause(): void {
    this.paused = true;
    this.connection?.abort();
    this.listener.state('paused');
  }

  private async run(): Promise<void> {
    while (!this.over) {
      try {
        await this.read();
      } catch (error) {
        if (error instanceof ApiError && error.status >= 400 && error.status < 429) {
          return this.listener.state('refused');
        }
      }
      if (this.over) return;
      if (!this.paused) this.listener.state('reconnecting');
      await this.rest();
    }
  }

  private get over(): boolean {
    return this.closing.signal.aborted;
  }

  /** Until it is time to try again: later each time, and not all at once; at once when somebody looks again. */
  private async rest(): Promise<void> {
    const wait = this.wait * (0.5 + Math.random() / 2);
    this.wait = Math.min(this.wait * 2, LONGEST_WAIT_MS);
    await new Promise<void>((resolve) => {
      this.wake = resolve;
      if (!this.paused) setTimeout(resolve, wait);
    });
  }

  private async read(): Promise<void> {
    const connection = (this.connection = new AbortController());
    const response = await this.client.open(this.path(), {
      accept: 'text/event-stream',
      signal: connection.signal,
      ...(this.lastId !== undefined && { lastEventId: this.lastId }),
    });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    const parser = new EventParser();
    for (;;) {
      const silence = setTimeout(() => connection.abort(), SILENCE_MS);
      const { done, value } = await reader.read().finally(() => clearTimeout(silence));
      if (done) return;
      this.take(parser.push(value));
    }
  }

  private path(): string {
    const query = this.topics.map((topic) => `topic=${encodeURIComponent(topic)}`).join('&');
    return `/uns/data/stream?${query}`;
  }

  private take(events: ServerEvent[]): void {
    if (this.over) return;
    const records: UnsRecord[] = [];
    for (const { id, event, data } of events) {
      this.lastId = id ?? this.lastId;
      this.wait = FIRST_WAIT_MS;
      if (event === 'open') this.listener.state('live');
      if (event === 'gap') this.listener.gap();
      if (event === 'record') records.push(JSON.parse(data) as UnsRecord);
    }
    if (records.length > 0) this.listener.records(records);
  }
}
