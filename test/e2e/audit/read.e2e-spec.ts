import { ALL_SCOPES, newId } from '#kernel';
import { AuditTrail, withCall } from '#platform/audit';
import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { entries, type Entry } from './audit-api';

const ACTIONS = ['recipe.create', 'recipe.update', 'recipe.delete', 'recipes.create'];

describe('GET /audit', () => {
  let app: TestApp;
  let api: ApiClient;
  const users = [newId(), newId()];
  const ids = [newId(), newId(), newId()];

  beforeAll(async () => {
    app = await createTestApp();
    api = app.api(await app.newToken(ALL_SCOPES));
    const trail = app.nest.get(AuditTrail);
    for (let index = 0; index < 24; index++) {
      await trail.record({
        action: ACTIONS[index % 4]!,
        organizationId: app.organizationId,
        actor: { userId: users[index % 2]!, email: 'cook@example.com' },
        entity: { type: index % 4 === 3 ? 'book' : 'recipe', id: ids[index % 3]! },
        details: { index },
      });
    }
  });

  afterAll(() => app.stop());

  const indexes = (found: readonly Entry[]): unknown[] => found.map(({ details }) => details?.['index']);

  it.each([
    ['an action', () => ({ action: 'recipe.update' }), [21, 17, 13, 9, 5, 1]],
    ['a kind of action', () => ({ action: 'recipes.*' }), [23, 19, 15, 11, 7, 3]],
    [
      'somebody and a kind',
      () => ({ userId: users[0]!, action: 'recipe.*' }),
      [22, 20, 18, 16, 14, 12, 10, 8, 6, 4, 2, 0],
    ],
    ['an entity', () => ({ entityId: ids[1]! }), [22, 19, 16, 13, 10, 7, 4, 1]],
    ['a type', () => ({ entityType: 'book' }), [23, 19, 15, 11, 7, 3]],
    ['type and entity', () => ({ entityType: 'book', entityId: ids[0]! }), [15, 3]],
    ['a result', () => ({ result: 'refused', entityType: 'book' }), []],
    ['what nobody did', () => ({ action: 'recipe.burn' }), []],
  ])('finds %s, newest first', async (_, query, expected) => {
    expect(indexes(await entries(api, query()))).toEqual(expected);
  });

  it('finds a time, from inclusive and to exclusive', async () => {
    const all = await entries(api, { action: 'recipe.*' });
    const [to, from] = [all[3]!.at, all[8]!.at];
    const expected = all.filter(({ at }) => at >= from && at < to);
    expect(await entries(api, { action: 'recipe.*', from, to })).toEqual(expected);
    const epoch = { from: String(Date.parse(from)), to: String(Date.parse(to)) };
    expect(await entries(api, { action: 'recipe.*', ...epoch })).toEqual(expected);
  });

  it.each([1, 5, 23, 24])('goes on by cursor, %i at a time', async (limit) => {
    const found: unknown[] = [];
    let cursor: string | null = null;
    do {
      const query = new URLSearchParams({ action: 'recipe.*', limit: String(limit), ...(cursor && { cursor }) });
      const { body } = await api.get(`/audit?${query}`);
      expect(body.data.length).toBeLessThanOrEqual(limit);
      found.push(...indexes(body.data));
      cursor = body.meta.nextCursor;
    } while (cursor !== null);
    expect(found).toEqual([22, 21, 20, 18, 17, 16, 14, 13, 12, 10, 9, 8, 6, 5, 4, 2, 1, 0]);
  });

  it.each([
    'cursor=x',
    `cursor=${Buffer.from('[1]').toString('base64url')}`,
    `cursor=${Buffer.from(`["2026-01-01T00:00:00Z","${newId()}"]`).toString('base64url')}`,
    `cursor=${Buffer.from(`[1e300,"${newId()}"]`).toString('base64url')}`,
    `cursor=${Buffer.from(`[1,"${newId()}",1]`).toString('base64url')}`,
    'limit=0',
    'limit=201',
    'action=topic',
    'action=*',
    'action=a.b%00',
    'userId=me',
    'result=maybe',
    'from=yesterday',
    'to=2026-02-30T00:00:00Z',
    'instance=maybe',
    'entityId=%00',
    'page=1',
  ])('answers 400 to %s', async (query) => {
    const { status, body } = await api.get(`/audit?${query}`);
    expect([status, body.error]).toEqual([400, 'bad_request']);
  });

  it('shows each organization its own entries alone', async () => {
    const organizationId = await app.newOrganization();
    const admin = await app.newUser('admin', organizationId);
    const other = app.api(await app.newToken(ALL_SCOPES, admin), organizationId);
    expect(await entries(other)).toEqual([]);
    await app.nest.get(AuditTrail).record({ action: 'recipe.create', organizationId });
    expect(await entries(other)).toHaveLength(1);
    expect(await entries(api, { action: 'recipe.*' })).toHaveLength(18);
  });

  it.each(['viewer', 'editor'] as const)('is not for a %s', async (role) => {
    const member = app.api(await app.newToken(ALL_SCOPES, await app.newUser(role)));
    expect((await member.get('/audit')).status).toBe(403);
  });

  describe('of the instance', () => {
    it('is for system administrators', async () => {
      const starts = await entries(api, { instance: 'true', action: 'session.start', result: 'done' });
      expect(starts[0]).toMatchObject({ entity: { type: 'session' } });
      expect(await entries(api, { action: 'session.*' })).toEqual([]);
      const admin = app.api(await app.newToken(ALL_SCOPES, await app.newUser('admin')));
      expect((await admin.get('/audit?instance=false')).status).toBe(200);
      const { status, body } = await admin.get('/audit?instance=true');
      expect([status, body.error]).toEqual([403, 'forbidden']);
    });

    it('goes on by cursor', async () => {
      // What was refused is written later.
      const query = { instance: 'true', result: 'done' };
      const whole = await entries(api, query);
      const first = await api.get('/audit?instance=true&result=done&limit=1');
      const rest = await entries(api, { ...query, cursor: first.body.meta.nextCursor, limit: '200' });
      expect([...first.body.data, ...rest].slice(0, whole.length)).toEqual(whole);
    });

    it('is not opened by a credential that is confined to organizations', async () => {
      const serviceUserId = await app.database.asSystem(async (manager) => {
        const rows = await manager.query<{ id: string }[]>('SELECT id FROM users WHERE system_admin');
        return rows[0]!.id;
      });
      const client = {
        name: newId(),
        type: 'confidential',
        grantTypes: ['client_credentials'],
        scopes: ['audit:read'],
        serviceUserId,
        organizationIds: [app.organizationId],
      };
      const made = await api.post('/oauth2/clients', client);
      const { clientId, clientSecret } = made.body.data;
      const token = await app.stranger.post(
        '/oauth2/token',
        new URLSearchParams({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }),
      );
      const confined = app.api(token.body.access_token);
      expect((await confined.get('/audit')).status).toBe(200);
      expect((await confined.get('/audit?instance=true')).status).toBe(403);
    });
  });

  it('says which call it was, also for work that none asked for', async () => {
    const entry = { action: 'menu.print', organizationId: app.organizationId };
    await app.nest.get(AuditTrail).record(entry);
    const call = { requestId: 'call-1', address: '192.0.2.1', userAgent: undefined };
    await withCall(call, () => app.nest.get(AuditTrail).record(entry));
    const [second, first] = await entries(api, { action: 'menu.print' });
    expect(first).toMatchObject({ user: null, credential: null, entity: null, address: null, requestId: null });
    expect(second).toMatchObject({ address: '192.0.2.1', requestId: 'call-1' });
  });
});
