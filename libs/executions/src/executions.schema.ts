import type { DatabaseSchema } from '#platform/database';
import { Executions1700000007000 } from './migrations/1700000007000-executions';
import { HistorySizes1700000007001 } from './migrations/1700000007001-history-sizes';
import { Triggers1700000007010 } from './migrations/1700000007010-triggers';

export const executionsSchema: DatabaseSchema = {
  entities: [],
  migrations: [Executions1700000007000, HistorySizes1700000007001, Triggers1700000007010],
};
