import { BullModule } from '@nestjs/bullmq';
import { Module } from '@nestjs/common';
import { createPostgresBackend, setDefaultBackendFactory, type ConnectionOptions } from 'bullmq';
import { Config } from '../config';
import { roleUrl } from '../database';

/** Connections of one process to the queues: few, since work is counted by workers, not by connections. */
const POOL = 4;

/** BullMQ on Redis where REDIS_URL names one, on PostgreSQL otherwise. */
@Module({
  imports: [
    BullModule.forRootAsync({
      inject: [Config],
      useFactory: (config: Config) => ({
        connection: config.redis.url ? redis(config.redis.url) : postgres(config),
        defaultJobOptions: { removeOnComplete: true, removeOnFail: { count: 1_000 } },
      }),
    }),
  ],
  exports: [BullModule],
})
export class QueueModule {}

function redis(url: string): ConnectionOptions {
  setDefaultBackendFactory();
  return { url, maxRetriesPerRequest: null };
}

function postgres(config: Config): ConnectionOptions {
  setDefaultBackendFactory(createPostgresBackend);
  const connectionString = roleUrl(config.database.url, config.secretKey, 'system');
  return { connectionString, max: POOL, application_name: 'maestrohub-queue' };
}
