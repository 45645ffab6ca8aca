import { createHash } from 'node:crypto';
import type { Database } from '#platform/database';

const OWNED_TABLES = `
  SELECT c.table_name AS name FROM information_schema.columns c
  JOIN pg_class p ON p.relname = c.table_name AND p.relnamespace = 'public'::regnamespace
  WHERE c.table_schema = 'public' AND c.column_name = 'organization_id' AND NOT p.relispartition
  ORDER BY 1`;

/** Who was turned away is written down, and changes nothing. */
const NO_CHANGE: Readonly<Record<string, string>> = { audit_entries: `AND result <> 'refused'` };

/** What an organization has: one hash over all its rows in all tables. */
export async function rowDigest(database: Database, organizationId: string): Promise<string> {
  return database.asSystem(async (manager) => {
    const tables = await manager.query<{ name: string }[]>(OWNED_TABLES);
    const parts = tables.map(
      ({ name }) =>
        `SELECT '${name}' AS name, t::text AS row FROM "${name}" t WHERE organization_id = $1 ${NO_CHANGE[name] ?? ''}`,
    );
    const all = [...parts, `SELECT 'organizations', t::text FROM organizations t WHERE id = $1`].join(' UNION ALL ');
    const rows = await manager.query<object[]>(`${all} ORDER BY 1, 2`, [organizationId]);
    return createHash('sha256').update(JSON.stringify(rows)).digest('hex');
  });
}
