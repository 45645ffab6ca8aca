import type { DatabaseSchema } from '#platform/database';
import { Audit1700000004000 } from './migrations/1700000004000-audit';

export const auditSchema: DatabaseSchema = { entities: [], migrations: [Audit1700000004000] };
