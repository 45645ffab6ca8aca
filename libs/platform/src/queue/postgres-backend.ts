import {
  assertSchemaCompatibility,
  DEFAULT_SCHEMA,
  PostgresConnection,
  PostgresQueueBackend,
  type BackendFactory,
} from 'bullmq';
import { Pool } from 'pg';
import { PooledClient } from '../database';

/** Connections of one queue or worker: few, since work is counted by workers, not by connections. */
const FOR_QUERIES = 4;
/** A worker waits on one more for what is new. */
const FOR_NEWS = 1;
/** After so long without news, whether their server is still there is looked after. */
const QUIET_MS = 10_000;

export interface QueueAddress {
  connectionString: string;
}

type NewsClient = Awaited<ReturnType<PostgresConnection['getListenClient']>>;

/**
 * BullMQ's way to PostgreSQL, without two weaknesses of its own: a server that stops in the moment in which it lets the
 * client in that waits for news would end the process, and one that stops at the first look at the tables would leave the
 * queue useless for ever.
 */
class QueueConnection extends PostgresConnection {
  private looked: Promise<void> | undefined;
  private closed: Promise<void> | undefined;

  constructor(private readonly clients: Pool) {
    super(clients);
  }

  override waitUntilReady(): Promise<void> {
    this.looked ??= this.look().catch((error: unknown) => {
      this.looked = undefined;
      throw error;
    });
    return this.looked;
  }

  /** One that was lost before BullMQ listened to it has told nobody. */
  override async getListenClient(): Promise<NewsClient> {
    const client = (await super.getListenClient()) as NewsClient & PooledClient;
    if (!client.lost) return client;
    client.emit('error', client.lost);
    throw client.lost;
  }

  override close(): Promise<void> {
    return (this.closed ??= super.close().then(() => this.clients.end()));
  }

  private async look(): Promise<void> {
    await assertSchemaCompatibility(this.clients);
    setImmediate(() => this.emit('ready'));
  }
}

class QueueBackend extends PostgresQueueBackend {
  override waitUntilReady(): Promise<void> {
    return this.connection.waitUntilReady();
  }
}

export const postgresBackend: BackendFactory<QueueBackend, QueueAddress> = (name, opts) => {
  const clients = new Pool({
    ...opts.connection,
    max: FOR_QUERIES + FOR_NEWS,
    application_name: 'maestrohub-queue',
    // BullMQ's statements name no schema.
    options: `-c search_path=${DEFAULT_SCHEMA}`,
    keepAlive: true,
    keepAliveInitialDelayMillis: QUIET_MS,
    Client: PooledClient,
  });
  return new QueueBackend(new QueueConnection(clients), name, { ...opts, connection: clients });
};
