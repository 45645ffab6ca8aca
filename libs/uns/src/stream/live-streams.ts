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

interface Shared {
  tail: FeedTail;
  streams: Set<LiveStream>;
}

/** The live streams of this process: those of one organization share what they read. */
@Injectable()
export class LiveStreams implements OnModuleInit {
  private readonly logger = new Logger(LiveStreams.name);
  private readonly shared = new Map<string, Promise<Shared>>();

  constructor(
    private readonly reader: FeedReader,
    private readonly watches: Watches,
    private readonly signals: Signals,
    private readonly lifecycle: Lifecycle,
  ) {}

  onModuleInit(): void {
    this.signals.on(FEED_SIGNAL, (id) => void this.shared.get(id)?.then(({ tail }) => tail.look()));
    this.lifecycle.atShutdown('intake', 'live streams', () => this.closeAll());
  }

  /**
   * Resolves when the stream has ended. Everything stored after `open` was told is told.
   * @param resumeAt where the listener was the last time.
   * @throws DomainError `too_many_requests` before anything was told.
   */
  async run(organizationId: string, listener: Listener, resumeAt: Position | undefined): Promise<void> {
    await this.watches.hold(organizationId, listener.filters);
    try {
      const shared = await this.join(organizationId);
      const stream = new LiveStream(organizationId, listener, this.reader, shared.tail);
      shared.streams.add(stream);
      await stream.run(resumeAt).finally(() => this.leave(organizationId, shared, stream));
    } finally {
      this.watches.release(organizationId, listener.filters);
    }
  }

  private async join(organizationId: string): Promise<Shared> {
    const known = this.shared.get(organizationId);
    const joined = known ?? this.open(organizationId);
    if (!known) this.shared.set(organizationId, joined);
    const shared = await joined;
    if (shared.streams.size >= MOST_STREAMS)
      throw new DomainError('too_many_requests', 'Too many live streams are open');
    return shared;
  }

  private async open(organizationId: string): Promise<Shared> {
    try {
      const position = await this.reader.end(organizationId);
      const tail = new FeedTail(organizationId, this.reader, position, (error) => this.logger.warn(error));
      return { tail, streams: new Set() };
    } catch (error) {
      this.shared.delete(organizationId);
      throw error;
    }
  }

  private leave(organizationId: string, { tail, streams }: Shared, stream: LiveStream): void {
    streams.delete(stream);
    if (streams.size > 0) return;
    tail.close();
    this.shared.delete(organizationId);
  }

  private async closeAll(): Promise<void> {
    for (const shared of this.shared.values()) {
      const { streams } = await shared;
      for (const stream of streams) stream.end();
    }
  }
}
