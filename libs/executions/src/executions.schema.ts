import type { DatabaseSchema } from '#platform/database';
import { Executions1700000007000 } from './migrations/1700000007000-executions';
import { HistorySizes1700000007001 } from './migrations/1700000007001-history-sizes';

export const executionsSchema: DatabaseSchema = {
  entities: [],
  migrations: [Executions1700000007000, HistorySizes1700000007001],
};
