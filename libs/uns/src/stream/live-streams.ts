import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { DomainError } from '#kernel';
import { Lifecycle } from '#platform/lifecycle';
import { Signals } from '#platform/signals';
import { FeedReader } from './feed-reader';
import { FeedTail } from './feed-tail';
import { FEED_SIGNAL } from './feed-writer';
import { LiveStream, type Listener } from './live-stream';
import type { Position } from './position';
import { Watches } from './watches';

/** Streams of one organization in this process. */
const MOST_STREAMS = 500;

/** What the streams of one organization have in common. */
interface Shared {
  tail: Promise<FeedTail>;
  /** Streams that have it, or wait for it. */
  users: number;
}

/** The live streams of this process: those of one organization share what they read. */
@Injectable()
export class LiveStreams implements OnModuleInit {
  private readonly logger = new Logger(LiveStreams.name);
  private readonly shared = new Map<string, Shared>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly reader: FeedReader,
    private readonly watches: Watches,
    private readonly signals: Signals,
    private readonly lifecycle: Lifecycle,
  ) {}

  onModuleInit(): void {
    this.signals.on(FEED_SIGNAL, (id) => this.look(id));
    this.lifecycle.atShutdown('intake', 'live streams', () => this.stopping.abort());
  }

  /**
   * Resolves when the stream has ended. Everything stored after `open` was told is told.
   * @param resumeAt where the listener was the last time.
   * @throws DomainError `too_many_requests` before anything was told.
   */
  async run(organizationId: string, listener: Listener, resumeAt: Position | undefined): Promise<void> {
    await this.watches.hold(organizationId, listener.filters);
    const shared = this.join(organizationId);
    try {
      if (shared.users > MOST_STREAMS) throw new DomainError('too_many_requests', 'Too many live streams are open');
      const signal = AbortSignal.any([listener.signal, this.stopping.signal]);
      const stream = new LiveStream(organizationId, { ...listener, signal }, this.reader, await shared.tail);
      await stream.run(resumeAt);
    } finally {
      await this.leave(organizationId, shared);
      this.watches.release(organizationId, listener.filters);
    }
  }

  private look(organizationId: string): void {
    const look = (tail: FeedTail): void => tail.look();
    // Whoever waits for a tail that cannot be had is told so.
    void this.shared.get(organizationId)?.tail.then(look, () => undefined);
  }

  private join(organizationId: string): Shared {
    const shared = this.shared.get(organizationId) ?? { tail: this.open(organizationId), users: 0 };
    this.shared.set(organizationId, shared);
    shared.users++;
    return shared;
  }

  private async open(organizationId: string): Promise<FeedTail> {
    const position = await this.reader.end(organizationId);
    return new FeedTail(organizationId, this.reader, position, (error) => this.logger.warn(error));
  }

  private async leave(organizationId: string, shared: Shared): Promise<void> {
    shared.users--;
    if (shared.users > 0) return;
    this.shared.delete(organizationId);
    const tail = await shared.tail.catch(() => undefined);
    tail?.close();
  }
}
