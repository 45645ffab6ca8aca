import type { ClientBase } from 'pg';
import { derivedKey } from '../crypto';

/**
 * Three roles share the work: the owner (DATABASE_URL) makes tables and partitions; `<database>_app` serves requests
 * and sees the rows of the organizations named in its transaction alone; `<database>_system` serves sign-in,
 * administration and maintenance. The last two are neither superuser nor owner and cannot bypass row-level security.
 */
export type ServiceRole = 'app' | 'system';

/** A database, by its owner's address, and the key that the passwords of its service roles follow from. */
export interface DatabaseAccess {
  database: { url: string };
  secretKey: string;
}

export const roleName = (database: string, role: ServiceRole): string => `${database}_${role}`;

const rolePassword = (secretKey: string, role: ServiceRole): string =>
  derivedKey(secretKey, `database-role:${role}`).toString('hex');

/** The owner's address with the name and password of a service role. */
export function roleUrl(ownerUrl: string, secretKey: string, role: ServiceRole): string {
  const url = new URL(ownerUrl);
  url.username = roleName(decodeURIComponent(url.pathname.slice(1)), role);
  url.password = rolePassword(secretKey, role);
  return url.href;
}

/** Creates the service roles or gives them the password of today's key. Idempotent. */
export async function ensureRoles(owner: ClientBase, secretKey: string): Promise<void> {
  const { rows } = await owner.query<{ database: string }>('SELECT current_database() AS database');
  const { database } = rows[0]!;
  for (const role of ['app', 'system'] as const) {
    const name = roleName(database, role);
    const { rowCount } = await owner.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [name]);
    // Attributes only when it is made: an owner who is no superuser may give LOGIN, but not touch NOCREATEDB afterwards.
    const change = rowCount
      ? `ALTER ROLE ${owner.escapeIdentifier(name)}`
      : `CREATE ROLE ${owner.escapeIdentifier(name)} LOGIN`;
    // A password cannot be a parameter of DDL; ours is hexadecimal and quoted.
    await owner.query(`${change} PASSWORD '${rolePassword(secretKey, role)}'`);
    await owner.query(
      `GRANT CONNECT ON DATABASE ${owner.escapeIdentifier(database)} TO ${owner.escapeIdentifier(name)}`,
    );
    await owner.query(`GRANT USAGE ON SCHEMA public TO ${owner.escapeIdentifier(name)}`);
  }
}
