import type { PoolClient } from 'pg';
import type { EntityManager } from 'typeorm';

/** A statement of a hot path. Its name is for all connections: one name, one text. */
export interface PreparedStatement {
  name: string;
  text: string;
}

/**
 * Runs a statement that each connection parses once and, after some calls, also plans once: with partitions and policies
 * planning takes longer than many a statement. Gives the rows, whatever the statement is.
 */
export async function prepared<R>(
  manager: EntityManager,
  { name, text }: PreparedStatement,
  values: readonly unknown[],
): Promise<R[]> {
  const client = (await manager.queryRunner!.connect()) as PoolClient;
  const { rows } = await client.query({ name, text, values: [...values] });
  return rows as R[];
}
