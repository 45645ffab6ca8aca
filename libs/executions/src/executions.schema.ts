import type { DatabaseSchema } from '#platform/database';
import { Executions1700000007000 } from './migrations/1700000007000-executions';

export const executionsSchema: DatabaseSchema = { entities: [], migrations: [Executions1700000007000] };
