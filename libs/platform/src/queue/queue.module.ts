import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { setDefaultBackendFactory, type ConnectionOptions } from 'bullmq';
import { Config } from '../config';
import { roleUrl } from '../database';
import { Lifecycle } from '../lifecycle';
import { postgresBackend, type QueueAddress } from './postgres-backend';

const LONGEST_RECONNECT_MS = 2_000;

/** Of every worker. BullMQ would look only every 15 s whether a server that was away is back. */
export const WORKER_OPTIONS = { runRetryDelay: 1_000 };

/** BullMQ on Redis where REDIS_URL names one, on PostgreSQL otherwise. */
@Module({
  imports: [
    BullModule.forRootAsync({
      inject: [Config, Lifecycle],
      useFactory: (config: Config, lifecycle: Lifecycle) => ({
        connection: config.redis.url ? redis(config.redis.url, lifecycle) : postgres(config),
        defaultJobOptions: { removeOnComplete: true, removeOnFail: { count: 1_000 } },
      }),
    }),
  ],
  exports: [BullModule],
})
export class QueueModule {}

function redis(url: string, lifecycle: Lifecycle): ConnectionOptions {
  setDefaultBackendFactory();
  // A process that ends does not wait for a Redis that is away: giving up fails what still waits for it.
  const retryStrategy = (attempt: number): number | null =>
    lifecycle.stopping ? null : Math.min(attempt * 200, LONGEST_RECONNECT_MS);
  return { url, maxRetriesPerRequest: null, retryStrategy };
}

function postgres(config: Config): ConnectionOptions & QueueAddress {
  setDefaultBackendFactory(postgresBackend);
  return { connectionString: roleUrl(config.database.url, config.secretKey, 'system') };
}
