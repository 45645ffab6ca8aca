import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Client } from 'pg';
import type { EntityManager } from 'typeorm';
import { Config } from '../config';
import { roleUrl } from '../database';
import { Lifecycle } from '../lifecycle';

/*
 * What processes tell each other at once, by PostgreSQL's NOTIFY: with the commit, and not at all without. A signal may be
 * lost with a connection: whoever acts on one also looks, now and then, by itself.
 */

const CHANNEL = 'maestrohub';
const RECONNECT_MS = 1_000;
const CONNECT_MS = 5_000;
/** After so long without a signal, whether the server is still there is looked after. */
const QUIET_MS = 10_000;

/** `<subject>.<what happened>`; the id says which one. */
export type SignalKind = `${string}.${string}`;
type Listener = (id: string) => void;

/** Sends with the transaction that is open. */
export const signal = (manager: EntityManager, kind: SignalKind, ids: readonly string[]): Promise<unknown> =>
  manager.query(`SELECT pg_notify('${CHANNEL}', $1 || ' ' || id) FROM unnest($2::text[]) AS t (id)`, [kind, ids]);

@Injectable()
export class Signals implements OnApplicationBootstrap {
  private readonly logger = new Logger(Signals.name);
  private readonly listeners = new Map<SignalKind, Set<Listener>>();
  private client: Client | undefined;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly config: Config,
    private readonly lifecycle: Lifecycle,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    this.lifecycle.atShutdown('queues', 'signals', () => this.close());
    await this.connect();
  }

  /** The function that ends it. */
  on(kind: SignalKind, listener: Listener): () => void {
    const all = this.listeners.get(kind) ?? new Set();
    this.listeners.set(kind, all.add(listener));
    return () => void all.delete(listener);
  }

  /** Resolves with the signal about that one. */
  once(kind: SignalKind, wanted: string): { seen: Promise<void>; forget: () => void } {
    const { promise, resolve } = Promise.withResolvers<void>();
    const forget = this.on(kind, (id) => {
      if (id === wanted) resolve();
    });
    return { seen: promise, forget };
  }

  private async connect(): Promise<void> {
    const client = new Client({
      connectionString: roleUrl(this.config.database.url, this.config.secretKey, 'system'),
      application_name: 'maestrohub-signals',
      connectionTimeoutMillis: CONNECT_MS,
      keepAlive: true,
      keepAliveInitialDelayMillis: QUIET_MS,
    });
    // From now on, so that one that is just connecting ends with the process, too.
    this.client = client;
    client.on('notification', ({ payload = '' }) => this.hear(payload));
    client.on('error', () => undefined);
    client.once('end', () => this.reconnect());
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
    } catch (error) {
      this.logger.warn(`not connected: ${(error as Error).message}`);
      await client.end().catch(() => undefined);
    }
  }

  private reconnect(): void {
    this.client = undefined;
    if (this.lifecycle.stopping) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.connect(), RECONNECT_MS).unref();
  }

  private hear(payload: string): void {
    const [kind, id] = payload.split(' ') as [SignalKind, string];
    for (const listener of this.listeners.get(kind) ?? []) listener(id);
  }

  private async close(): Promise<void> {
    clearTimeout(this.timer);
    await this.client?.end();
  }
}
