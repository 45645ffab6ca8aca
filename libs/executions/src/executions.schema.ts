import type { DatabaseSchema } from '#platform/database';
import { Executions1700000007000 } from './migrations/1700000007000-executions';
import { Triggers1700000007010 } from './migrations/1700000007010-triggers';

export const executionsSchema: DatabaseSchema = {
  entities: [],
  migrations: [Executions1700000007000, Triggers1700000007010],
};
