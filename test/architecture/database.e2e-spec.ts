import { Config } from '#platform/config';
import { ownerDataSource, roleName } from '#platform/database';
import { createTestDatabase, type TestDatabase } from '#testing';
import type { DataSource } from 'typeorm';
import { migrateHub } from '../../apps/shared/src/start-hub';
import { databaseSchema } from '../../ormconfig';

/** Tables of the instance itself: the system role alone may touch them. Everything else belongs to organizations. */
const INSTANCE_TABLES = [
  'access_tokens',
  'connection_workers',
  'identity_provider_links',
  'identity_provider_sign_ins',
  'identity_providers',
  'ingest_slots',
  'installation',
  'issued_tokens',
  'migrations',
  'oauth_clients',
  'oauth_consents',
  'oidc_payloads',
  'sessions',
  'sign_in_attempts',
  'signing_keys',
  'uns_processes',
  'uns_setting_changes',
  'uns_settings',
  'uns_storage',
  'users',
];

/** An organization is its own tenant: there the column is `id`. */
const TENANT_COLUMN = (table: string): string => (table === 'organizations' ? 'id' : 'organization_id');

interface Table {
  name: string;
  columns: string[];
  partition: boolean;
  secured: boolean;
  forced: boolean;
  policies: string[];
  /** What the role of requests may do with it. */
  granted: string[];
}

describe('the database', () => {
  let database: TestDatabase;
  let owner: DataSource;
  let tables: Table[];
  let appRole: string;

  beforeAll(async () => {
    database = await createTestDatabase();
    await migrateHub(Config.from({ DATABASE_URL: database.url, HUB_SECRET_KEY: '5e'.repeat(32) }));
    owner = await ownerDataSource(database.url, databaseSchema).initialize();
    appRole = roleName(owner.driver.database!, 'app');
    tables = await owner.query(TABLES, [appRole]);
  });

  afterAll(async () => {
    await owner.destroy();
    await database.drop();
  });

  const owned = (): Table[] => tables.filter(({ name, partition }) => !partition && !INSTANCE_TABLES.includes(name));

  it('has the tables', () => {
    expect(tables.map(({ name }) => name)).toEqual(expect.arrayContaining([...INSTANCE_TABLES, 'organizations']));
  });

  it('ties every row that is not the instance’s to an organization', () => {
    expect(owned().filter(({ name, columns }) => !columns.includes(TENANT_COLUMN(name)))).toEqual([]);
  });

  it('forces row-level security with a policy of the organization on each of them', () => {
    const open = owned().filter(
      ({ name, secured, forced, policies }) =>
        !secured ||
        !forced ||
        !policies.some((text) => text.includes('app.orgs') && text.includes(TENANT_COLUMN(name))),
    );
    expect(open).toEqual([]);
  });

  it('keeps requests away from partitions, instance tables and the queue', () => {
    const closed = tables.filter(({ name, partition }) => partition || INSTANCE_TABLES.includes(name));
    expect(closed.filter(({ granted }) => granted.length > 0)).toEqual([]);
  });

  it.each(['app', 'system'] as const)('gives the %s role no way around row-level security', async (role) => {
    const name = roleName(owner.driver.database!, role);
    expect(await owner.query(ROLE, [name])).toEqual([
      { superuser: false, bypass: false, creates: false, member: false, owns: 0, schemas: [] },
    ]);
  });

  it('is what the entities say', async () => {
    const { upQueries } = await owner.driver.createSchemaBuilder().log();
    expect(upQueries.map(({ query }) => query)).toEqual([]);
  });

  it('can go back to nothing and forth again', async () => {
    const count = owner.migrations.length;
    for (let undone = 0; undone < count; undone++) await owner.undoLastMigration();
    const left: Table[] = await owner.query(TABLES, [appRole]);
    expect(left.map(({ name }) => name).filter((name) => !name.startsWith('bullmq.'))).toEqual(['migrations']);
    expect(await owner.runMigrations()).toHaveLength(count);
  });
});

const TABLES = `
  SELECT CASE nspname WHEN 'public' THEN relname ELSE nspname || '.' || relname END AS name,
         relispartition OR nspname <> 'public' AS partition, relrowsecurity AS secured, relforcerowsecurity AS forced,
         ARRAY(SELECT attname::text FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0) AS columns,
         ARRAY(SELECT pg_get_expr(polqual, polrelid) FROM pg_policy
               WHERE polrelid = c.oid AND polroles = ARRAY[$1::regrole::oid]) AS policies,
         ARRAY(SELECT privilege FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE']) AS privilege
               WHERE has_table_privilege($1, c.oid, privilege)) AS granted
  FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
  WHERE relkind IN ('r', 'p') AND nspname NOT IN ('pg_catalog', 'information_schema')
  ORDER BY name`;

const ROLE = `
  SELECT rolsuper AS superuser, rolbypassrls AS bypass, rolcreatedb OR rolcreaterole AS creates,
         EXISTS (SELECT FROM pg_auth_members WHERE member = r.oid) AS member,
         (SELECT count(*)::int FROM pg_class WHERE relowner = r.oid) AS owns,
         ARRAY(SELECT nspname::text FROM pg_namespace
               WHERE nspname !~ '^pg_temp' AND has_schema_privilege(r.oid, oid, 'CREATE')) AS schemas
  FROM pg_roles r WHERE rolname = $1`;
