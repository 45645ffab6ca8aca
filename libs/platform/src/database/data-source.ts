import { types } from 'pg';
import { DataSource } from 'typeorm';
import { PooledClient } from './pooled-client';
import { roleUrl, type DatabaseAccess, type ServiceRole } from './roles';
import type { DatabaseSchema } from './schema';

const STATEMENT_TIMEOUT_MS = 30_000;

// By the parser of now, which is the kernel's: pg remembers the one that there was when it was loaded.
for (const type of [types.builtins.JSON, types.builtins.JSONB]) {
  types.setTypeParser(type, (text) => JSON.parse(text) as unknown);
}

/** A pool of connections as one of the service roles. */
export const serviceDataSource = (
  access: DatabaseAccess,
  schema: DatabaseSchema,
  role: ServiceRole,
  poolSize: number,
) =>
  new DataSource({
    type: 'postgres',
    url: roleUrl(access.database.url, access.secretKey, role),
    applicationName: `maestrohub-${role}`,
    entities: schema.entities,
    poolSize,
    extra: {
      Client: PooledClient,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
      statement_timeout: STATEMENT_TIMEOUT_MS,
      idle_in_transaction_session_timeout: STATEMENT_TIMEOUT_MS,
    },
    // A forgotten tenant must be an error, never a filter that is left out.
    invalidWhereValuesBehavior: { null: 'throw', undefined: 'throw' },
    synchronize: false,
    logging: false,
  });

/** The owner's connection: migrations and partitions. */
export const ownerDataSource = (url: string, schema: DatabaseSchema) =>
  new DataSource({
    type: 'postgres',
    url,
    applicationName: 'maestrohub-owner',
    entities: schema.entities,
    migrations: schema.migrations,
    migrationsTransactionMode: 'each',
    poolSize: 2,
    extra: { Client: PooledClient },
    synchronize: false,
    logging: false,
  });
