import { FirstStart } from '#identity';
import { createTestApp, type TestApp } from '#testing';
import { ownerDataSource } from '#platform/database';
import { databaseSchema } from '../../../ormconfig';

describe('the first start', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await createTestApp();
  });
  afterAll(() => app.stop());

  const rows = (query: string) => app.database.asSystem((manager) => manager.query<object[]>(query));

  it('makes one organization, which owns the bare namespace, one administrator and one key', async () => {
    expect(await rows('SELECT id, name, mqtt_prefix FROM organizations')).toEqual([
      { id: app.organizationId, name: 'Default', mqtt_prefix: '' },
    ]);
    expect(await rows('SELECT email, system_admin, role FROM users JOIN memberships ON user_id = users.id')).toEqual([
      { email: app.admin.email, system_admin: true, role: 'admin' },
    ]);
    expect(await rows('SELECT count(*)::int AS keys FROM signing_keys')).toEqual([{ keys: 1 }]);
  });

  it('is the first one only: later ones, also several at once, find what is there', async () => {
    const start = app.nest.get(FirstStart);
    const again = { email: 'other@example.com', password: undefined };
    const results = await Promise.all([start.ensure(again), start.ensure(again)]);
    for (const result of results) {
      expect(result).toEqual({ organizationId: app.organizationId, adminEmail: app.admin.email });
    }
  });

  it('makes up a password where none is set, which works', async () => {
    for (const table of ['memberships', 'organizations', 'users', 'signing_keys']) await rows(`DELETE FROM ${table}`);
    const made = await app.nest.get(FirstStart).ensure({ email: 'Boss@Example.com', password: undefined });
    expect(made.adminEmail).toBe('boss@example.com');
    expect(made.newAdminPassword!.length).toBeGreaterThanOrEqual(20);
    await app.signIn({ email: made.adminEmail, password: made.newAdminPassword! });
  });

  it('takes the administrator that the command line has made before', async () => {
    for (const table of ['memberships', 'organizations']) await rows(`DELETE FROM ${table}`);
    const [{ email }] = (await rows('SELECT email FROM users')) as [{ email: string }];
    const { organizationId, ...others } = await app.nest.get(FirstStart).ensure({ email, password: undefined });
    expect(others).toEqual({ adminEmail: email });
    expect(await rows('SELECT organization_id, email, role FROM users JOIN memberships ON user_id = users.id')).toEqual(
      [{ organization_id: organizationId, email, role: 'admin' }],
    );
  });

  it('leaves no difference between migrations and entities', async () => {
    const source = await ownerDataSource(app.config.database.url, databaseSchema).initialize();
    try {
      const { upQueries } = await source.driver.createSchemaBuilder().log();
      const ours = /organizations|memberships|users|sessions|access_tokens|oauth_clients|oidc|issued|signing/;
      expect(upQueries.map(({ query }) => query).filter((query) => ours.test(query))).toEqual([]);
    } finally {
      await source.destroy();
    }
  });
});
