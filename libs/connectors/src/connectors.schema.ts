import type { DatabaseSchema } from '#platform/database';
import { Connection } from './connections/connection.entity';
import { ConnectionFunction } from './functions/connection-function.entity';
import { Connections1700000008000 } from './migrations/1700000008000-connections';
import { ConnectionRuntime1700000008010 } from './migrations/1700000008010-runtime';

export const connectorsSchema: DatabaseSchema = {
  entities: [Connection, ConnectionFunction],
  migrations: [Connections1700000008000, ConnectionRuntime1700000008010],
};
