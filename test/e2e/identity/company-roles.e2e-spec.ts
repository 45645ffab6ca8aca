import type { Role } from '#kernel';
import { createTestApp, eventuallyPasses, type TestApp } from '#testing';
import { Company, CompanyFlow } from './company-provider';

/** A change of rights is in force within this time. */
describe('memberships by the roles at the company', () => {
  let app: TestApp;
  let flow: CompanyFlow;
  let north: string;
  let south: string;
  const company = new Company();

  beforeAll(async () => {
    [app] = await Promise.all([createTestApp(), company.start()]);
    flow = new CompanyFlow(app);
    await flow.prepare();
  });
  beforeEach(async () => {
    [north, south] = await Promise.all([app.newOrganization(), app.newOrganization()]);
    // Everyone below may come and go: somebody else is admin.
    await Promise.all([app.newUser('admin', north), app.newUser('admin', south)]);
  });
  afterAll(() => Promise.all([app.stop(), company.stop()]));

  const setUp = () =>
    flow.setUp(company, {
      createUsers: true,
      roleClaim: 'realm_access.roles',
      roleMapping: [
        { value: 'operators', organizationId: north, role: 'editor' },
        { value: 'leads', organizationId: north, role: 'admin' },
        { value: 'staff', organizationId: south, role: 'viewer' },
      ],
    });

  const employ = (name: string, ...roles: string[]): void => {
    const email = `${name}@acme.example`;
    company.person = { sub: name, email, email_verified: true, name, realm_access: { roles } };
  };

  const rolesOf = async (userId: string): Promise<Record<string, Role>> => {
    const rows = await app.database.asSystem((manager) =>
      manager.query<{ organization_id: string; role: Role }[]>('SELECT * FROM memberships WHERE user_id = $1', [
        userId,
      ]),
    );
    return Object.fromEntries(rows.map(({ organization_id: id, role }) => [id, role]));
  };

  const userId = async (token: string): Promise<string> => (await app.api(token).get('/auth/me')).body.data.user.id;

  const setRole = (id: string, organizationId: string, role: Role) =>
    app.database.asSystem((manager) =>
      manager.query(
        `INSERT INTO memberships (organization_id, user_id, role) VALUES ($1, $2, $3)
         ON CONFLICT (organization_id, user_id) DO UPDATE SET role = $3`,
        [organizationId, id, role],
      ),
    );

  const trailOf = async (id: string): Promise<unknown[]> => {
    const rows = await app.database.asSystem((manager) =>
      manager.query<{ action: string; organization_id: string; changes: { role: { from: Role; to: Role } } }[]>(
        `SELECT * FROM audit_entries WHERE entity_id = $1 AND action LIKE 'member.%' ORDER BY id`,
        [id],
      ),
    );
    return rows.map(({ action, organization_id: place, changes }) => [
      action,
      place,
      changes && `${changes.role.from} → ${changes.role.to}`,
    ]);
  };

  it('are given, changed and taken at each sign-in, and soon in force', async () => {
    const { slug } = await setUp();
    employ('ada', 'operators', 'other');
    const token = await flow.tokens(slug);
    const id = await userId(token);
    expect(await rolesOf(id)).toEqual({ [north]: 'editor' });
    const topics = async (place: string) => (await app.api(token, place).get('/uns/topics')).status;
    expect([await topics(north), await topics(south)]).toEqual([200, 403]);

    employ('ada', 'operators', 'leads', 'staff');
    await flow.tokens(slug);
    expect(await rolesOf(id)).toEqual({ [north]: 'admin', [south]: 'viewer' });
    await eventuallyPasses(async () => expect(await topics(south)).toBe(200));

    employ('ada', 'staff');
    await flow.tokens(slug);
    expect(await rolesOf(id)).toEqual({ [south]: 'viewer' });
    await eventuallyPasses(async () => expect(await topics(north)).toBe(403));

    employ('ada');
    await flow.tokens(slug);
    expect(await rolesOf(id)).toEqual({});
    const trail = [
      ['member.create', north, 'null → editor'],
      ['member.update', north, 'editor → admin'],
      ['member.create', south, 'null → viewer'],
      ['member.delete', north, 'admin → null'],
      ['member.delete', south, 'viewer → null'],
    ];
    await eventuallyPasses(async () => expect((await trailOf(id)).sort()).toEqual(trail.sort()));
  });

  it('leave alone what was given by hand', async () => {
    const { slug } = await setUp();
    employ('grace');
    const id = await userId(await flow.tokens(slug));
    await setRole(id, north, 'viewer');
    employ('grace', 'leads');
    await flow.tokens(slug);
    employ('grace');
    await flow.tokens(slug);
    expect(await rolesOf(id)).toEqual({ [north]: 'viewer' });
  });

  it('never take the last admin from an organization', async () => {
    const { slug } = await setUp();
    employ('linus', 'leads');
    const id = await userId(await flow.tokens(slug));
    await app.database.asSystem((manager) =>
      manager.query('DELETE FROM memberships WHERE organization_id = $1 AND user_id <> $2', [north, id]),
    );
    for (const roles of [['operators'], []]) {
      employ('linus', ...roles);
      await flow.tokens(slug);
      expect(await rolesOf(id)).toEqual({ [north]: 'admin' });
    }
    await eventuallyPasses(async () => expect(await trailOf(id)).toContainEqual(['member.keep', north, null]));
    // With another admin there, it is taken after all.
    await app.newUser('admin', north);
    await flow.tokens(slug);
    expect(await rolesOf(id)).toEqual({});
  });

  it('are taken when the mapping is, and never of organizations that are gone', async () => {
    const { slug, id: provider } = await setUp();
    employ('alan', 'operators', 'staff');
    const id = await userId(await flow.tokens(slug));
    await app.database.asSystem((manager) => manager.query('DELETE FROM organizations WHERE id = $1', [south]));
    await flow.tokens(slug);
    expect(await rolesOf(id)).toEqual({ [north]: 'editor' });
    await flow.change(provider, { roleClaim: null });
    await flow.tokens(slug);
    expect(await rolesOf(id)).toEqual({});
  });
});
