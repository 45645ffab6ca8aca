import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '#platform/database';
import { Lifecycle } from '#platform/lifecycle';
import { classOf, noDurations } from './durations';

/** Milliseconds. */
const FLUSH_MS = 5_000;
export const BUCKET_MS = 5 * 60_000;
/** Connections of one statement. */
const BATCH = 500;

interface Counts {
  organizationId: string;
  connectionId: string;
  bucket: number;
  calls: number;
  errors: number;
  messages: number;
  dropped: number;
  bytesIn: number;
  bytesOut: number;
  durations: number[];
}

/** One call of a function that was made. */
export interface CountedCall {
  organizationId: string;
  connectionId: string;
  failed: boolean;
  /** Milliseconds. */
  duration: number;
  /** Bytes of the function's config and of the answer, as JSON. */
  bytesOut: number;
  bytesIn: number;
}

/**
 * What goes through connections. Counted in memory and added up in the database every five seconds, in stretches of five
 * minutes: a process that dies forgets what it counted since.
 */
@Injectable()
export class CallMetrics implements OnApplicationBootstrap {
  private readonly logger = new Logger(CallMetrics.name);
  private counts = new Map<string, Counts>();
  private flushing: Promise<void> | undefined;

  constructor(
    private readonly database: Database,
    private readonly lifecycle: Lifecycle,
  ) {}

  onApplicationBootstrap(): void {
    const timer = setInterval(() => void this.flush(), FLUSH_MS);
    this.lifecycle.atShutdown('queues', 'connection metrics', async () => {
      clearInterval(timer);
      await this.flush();
      await this.flush();
    });
  }

  called({ organizationId, connectionId, failed, duration, bytesIn, bytesOut }: CountedCall): void {
    const counts = this.of(organizationId, connectionId);
    counts.calls++;
    if (failed) counts.errors++;
    counts.bytesIn += bytesIn;
    counts.bytesOut += bytesOut;
    counts.durations[classOf(duration)]!++;
  }

  brought(organizationId: string, connectionId: string, bytes: number): void {
    const counts = this.of(organizationId, connectionId);
    counts.messages++;
    counts.bytesIn += bytes;
  }

  dropped(organizationId: string, connectionId: string, messages: number): void {
    this.of(organizationId, connectionId).dropped += messages;
  }

  /** Adds up what was counted so far, or waits for the one that does. Never fails. */
  flush(): Promise<void> {
    return (this.flushing ??= this.addUp().finally(() => (this.flushing = undefined)));
  }

  private of(organizationId: string, connectionId: string): Counts {
    const bucket = Math.floor(Date.now() / BUCKET_MS) * BUCKET_MS;
    const key = `${connectionId} ${bucket}`;
    const known = this.counts.get(key);
    if (known) return known;
    const none = { calls: 0, errors: 0, messages: 0, dropped: 0, bytesIn: 0, bytesOut: 0, durations: noDurations() };
    const counts = { organizationId, connectionId, bucket, ...none };
    this.counts.set(key, counts);
    return counts;
  }

  private async addUp(): Promise<void> {
    // One order everywhere: two processes that count the same connections wait for each other instead of locking up.
    const all = [...this.counts].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, counts]) => counts);
    this.counts = new Map();
    for (let at = 0; at < all.length; at += BATCH) {
      const batch = all.slice(at, at + BATCH);
      try {
        await this.database.asSystem((manager) => manager.query(ADD, columnsOf(batch)));
      } catch (error) {
        this.logger.warn(`figures of ${batch.length} connections were lost: ${String(error)}`);
      }
    }
  }
}

const columnsOf = (batch: readonly Counts[]): unknown[] => [
  batch.map(({ organizationId }) => organizationId),
  batch.map(({ connectionId }) => connectionId),
  batch.map(({ bucket }) => new Date(bucket)),
  batch.map(({ calls }) => calls),
  batch.map(({ errors }) => errors),
  batch.map(({ messages }) => messages),
  batch.map(({ dropped }) => dropped),
  batch.map(({ bytesIn }) => bytesIn),
  batch.map(({ bytesOut }) => bytesOut),
  // Arrays of arrays of one length would become one with two dimensions.
  batch.map(({ durations }) => `{${durations.join(',')}}`),
];

/** Connections may have gone meanwhile. */
const ADD = `
  INSERT INTO connection_metrics AS m (organization_id, connection_id, bucket, calls, errors, messages, dropped, bytes_in, bytes_out, durations)
  SELECT t.organization_id, t.connection_id, t.bucket, t.calls, t.errors, t.messages, t.dropped, t.bytes_in, t.bytes_out, t.durations::int8[]
  FROM unnest($1::uuid[], $2::uuid[], $3::timestamptz[], $4::int8[], $5::int8[], $6::int8[], $7::int8[], $8::int8[], $9::int8[], $10::text[])
    AS t (organization_id, connection_id, bucket, calls, errors, messages, dropped, bytes_in, bytes_out, durations)
  JOIN connections c ON c.organization_id = t.organization_id AND c.id = t.connection_id
  ON CONFLICT (organization_id, connection_id, bucket) DO UPDATE SET calls = m.calls + excluded.calls,
    errors = m.errors + excluded.errors, messages = m.messages + excluded.messages, dropped = m.dropped + excluded.dropped,
    bytes_in = m.bytes_in + excluded.bytes_in, bytes_out = m.bytes_out + excluded.bytes_out,
    durations = (SELECT array_agg(a + b ORDER BY place)
                 FROM unnest(m.durations, excluded.durations) WITH ORDINALITY AS d (a, b, place))`;
