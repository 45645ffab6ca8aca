import type { QueryRunner } from 'typeorm';
import { roleName } from './roles';

/*
 * For migrations. The tenant's ids stand in `app.orgs` for one transaction; the sub-select makes PostgreSQL read and
 * cast that setting once a statement instead of once a row.
 */
const TENANTS = `(SELECT nullif(current_setting('app.orgs', true), '')::uuid[])::uuid[]`;

async function quotedRoles(runner: QueryRunner): Promise<{ app: string; system: string }> {
  const [{ database }] = (await runner.query('SELECT current_database() AS database')) as [{ database: string }];
  return { app: `"${roleName(database, 'app')}"`, system: `"${roleName(database, 'system')}"` };
}

/** Makes a table visible by organization alone: row-level security for the app role, all rows for the system role. */
export async function protectByOrganization(runner: QueryRunner, table: string, column = 'organization_id') {
  const { app, system } = await quotedRoles(runner);
  await runner.query(`
    ALTER TABLE ${table} ENABLE ROW LEVEL SECURITY;
    ALTER TABLE ${table} FORCE ROW LEVEL SECURITY;
    CREATE POLICY organization ON ${table} TO ${app}
      USING (${column} = ANY (${TENANTS})) WITH CHECK (${column} = ANY (${TENANTS}));
    CREATE POLICY system ON ${table} TO ${system} USING (true) WITH CHECK (true);
    GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO ${app}, ${system};
  `);
}

/**
 * Takes from the service roles what a log must not allow: nobody changes a row, the app role removes none, and the system
 * role, for retention, none that is younger than a day by the column.
 */
export async function makeAppendOnly(runner: QueryRunner, table: string, column: string): Promise<void> {
  const { app, system } = await quotedRoles(runner);
  await runner.query(`
    REVOKE UPDATE, DELETE ON ${table} FROM ${app};
    REVOKE UPDATE ON ${table} FROM ${system};
    CREATE POLICY retention ON ${table} AS RESTRICTIVE FOR DELETE TO ${system}
      USING (${column} < now() - interval '1 day');
  `);
}

/** A table of the instance (users, clients, keys): the system role alone may touch it. */
export async function protectForSystem(runner: QueryRunner, table: string): Promise<void> {
  const { system } = await quotedRoles(runner);
  await runner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ${table} TO ${system}`);
}
