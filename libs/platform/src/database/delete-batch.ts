import type { EntityManager } from 'typeorm';

/** Removes up to `limit` of an organization's rows from a table without partitions; gives how many there were. */
export async function deleteBatch(
  manager: EntityManager,
  table: string,
  organizationId: string,
  limit: number,
): Promise<number> {
  const [, count] = await manager.query<[unknown, number]>(
    `DELETE FROM ${table}
     WHERE ctid = ANY (ARRAY(SELECT ctid FROM ${table} WHERE organization_id = $1 LIMIT $2)) AND organization_id = $1`,
    [organizationId, limit],
  );
  return count;
}
