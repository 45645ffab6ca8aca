import type { DatabaseSchema } from '#platform/database';
import { StoredAuditEntry } from './audit-entry.entity';
import { Audit1700000004000 } from './migrations/1700000004000-audit';

export const auditSchema: DatabaseSchema = { entities: [StoredAuditEntry], migrations: [Audit1700000004000] };
