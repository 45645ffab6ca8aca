import { newId } from '#kernel';
import { createTestApp, eventually, type Answer, type ApiClient, type TestApp } from '#testing';

const MIB = 1024 * 1024;

describe('access to the namespace', () => {
  let app: TestApp;

  beforeAll(async () => {
    app = await createTestApp({ settings: { HUB_SIGNIN_LIMIT: '0' } });
  });

  afterAll(() => app.stop());

  const publish = (api: ApiClient, topic: string, value: unknown = 1): Promise<Answer> =>
    api.post('/uns/data/publish', { topic, value });

  const outcome = ({ status, body }: Answer): unknown[] => [status, body.error];

  const REFUSED = [403, 'insufficient_scope'];

  describe('a scope narrowed to a branch', () => {
    let everything: ApiClient;
    /** The branch `lines/…` of this run. */
    let base: string;

    beforeAll(async () => {
      base = `mHv1.0/${newId()}`;
      everything = app.api(await app.newToken(['uns:read', 'uns:write', 'uns:publish']));
      const topics = ['line-1/temperature', 'line-1/motor/rpm', 'line-10/temperature', 'line-2/temperature'];
      const records = topics.map((topic) => ({ topic: `${base}/${topic}`, value: 1 }));
      await everything.post('/uns/data/publish/batch', { records });
    });

    const narrowed = async (...scopes: string[]): Promise<ApiClient> => app.api(await app.newToken(scopes));

    it('publishes inside the branch alone', async () => {
      const api = await narrowed(`uns:publish:${base}/line-1/#`);
      expect((await publish(api, `${base}/line-1`)).status).toBe(200);
      expect((await publish(api, `${base}/line-1/new/topic`)).status).toBe(200);
      expect(outcome(await publish(api, `${base}/line-10/temperature`))).toEqual(REFUSED);
      expect(outcome(await publish(api, base))).toEqual(REFUSED);
    });

    it('publishes a batch inside the branch or not at all', async () => {
      const api = await narrowed(`uns:publish:${base}/+/temperature`);
      const batch = (...topics: string[]): Promise<Answer> =>
        api.post('/uns/data/publish/batch', {
          records: topics.map((topic) => ({ topic: `${base}/${topic}`, value: 2 })),
        });
      expect((await batch('line-1/temperature', 'line-2/temperature')).status).toBe(200);
      expect(outcome(await batch('line-3/temperature', 'line-1/motor/rpm'))).toEqual(REFUSED);
      expect((await everything.get(`/uns/topics/by-path?topic=${base}/line-3/temperature`)).status).toBe(404);
    });

    it('reads data inside the branch alone, whether or not the topic exists', async () => {
      const api = await narrowed(`uns:read:${base}/line-1/#`);
      for (const what of ['data/recent', 'data/range', 'topics/by-path']) {
        const read = (topic: string): Promise<Answer> => api.get(`/uns/${what}?topic=${base}/${topic}`);
        expect((await read('line-1/temperature')).status).toBe(200);
        expect(outcome(await read('line-1/nothing'))).toEqual([404, 'not_found']);
        expect(outcome(await read('line-2/temperature'))).toEqual(REFUSED);
        expect(outcome(await read('line-2/nothing'))).toEqual(REFUSED);
      }
    });

    it('lists the branch alone, and counts no more', async () => {
      const listed = async (...scopes: string[]): Promise<string[]> => {
        const { body } = await (await narrowed(...scopes)).get(`/uns/topics?search=${base}`);
        expect(body.meta.total).toBe(body.data.length);
        return body.data.map(({ topic }: { topic: string }) => topic.slice(base.length + 1));
      };
      expect(await listed(`uns:read:${base}/line-10/#`)).toEqual(['line-10', 'line-10/temperature']);
      expect(await listed(`uns:read:${base}/+/temperature`)).toEqual([
        'line-1/temperature',
        'line-10/temperature',
        'line-2/temperature',
      ]);
      expect(await listed(`uns:read:${base}/line-2`, `uns:read:${base}/line-10`)).toEqual(['line-10', 'line-2']);
      expect(await listed('uns:read:mHv1.0/elsewhere/#')).toEqual([]);
      expect(await listed(`uns:read:${base}/line-2`, 'uns:read:#')).toEqual(
        expect.arrayContaining(['line-1', 'line-2']),
      );
    });

    it('takes the characters of a level literally', async () => {
      const odd = `${base}/a.b(c)[d]*{1}^$|\\`;
      await publish(everything, `${odd}/x`);
      await publish(everything, `${base}/aXb(c)[d]*{1}^$|\\/x`);
      const api = await narrowed(`uns:read:${odd.split('/').map(encodeURIComponent).join('/')}/#`);
      const { body } = await api.get('/uns/topics');
      expect(body.data.map(({ topic }: { topic: string }) => topic)).toEqual([odd, `${odd}/x`]);
    });

    it('reads, makes and changes topics inside the branch alone', async () => {
      const api = await narrowed(`uns:read:${base}/line-1/#`, `uns:write:${base}/line-1/#`);
      const { body } = await everything.get(`/uns/topics/by-path?topic=${base}/line-2/temperature`);
      const outside = `/uns/topics/${body.data.id}`;
      expect(outcome(await api.get(outside))).toEqual(REFUSED);
      expect(outcome(await api.patch(outside, { description: 'mine' }))).toEqual(REFUSED);
      expect(outcome(await api.post('/uns/topics', { topic: `${base}/line-2/new` }))).toEqual(REFUSED);
      const made = await api.post('/uns/topics', { topic: `${base}/line-1/made` });
      expect(made.status).toBe(201);
      expect((await api.patch(`/uns/topics/${made.body.data.id}`, { description: 'mine' })).status).toBe(200);
    });
  });

  describe('a role', () => {
    it('of a viewer reads and does not publish, whatever the token says', async () => {
      const api = app.api(await app.signIn(await app.newUser('viewer')));
      expect((await api.get('/uns/topics')).status).toBe(200);
      expect(outcome(await publish(api, 'mHv1.0/a'))).toEqual([403, 'forbidden']);
      expect(outcome(await api.post('/uns/topics', { topic: 'mHv1.0/a' }))).toEqual([403, 'forbidden']);
    });

    it('of an editor publishes and makes topics', async () => {
      const api = app.api(await app.signIn(await app.newUser('editor')));
      expect((await publish(api, 'mHv1.0/a')).status).toBe(200);
      expect((await api.post('/uns/topics', { topic: `mHv1.0/${newId()}` })).status).toBe(201);
    });
  });

  describe('the order of checks', () => {
    const ROUTE = '/uns/data/publish';
    const TOO_LARGE = 'x'.repeat(MIB + 1);
    const MALFORMED = '{"topic":';

    const send = (body: string, headers: Record<string, string>): Promise<Answer> =>
      app.stranger.post(ROUTE, body, headers);

    const bearer = (token: string): Record<string, string> => ({ Authorization: `Bearer ${token}` });
    const inside = (organizationId: string): Record<string, string> => ({ 'X-Organization-ID': organizationId });

    it.each([TOO_LARGE, MALFORMED])('401 comes before everything else', async (body) => {
      expect((await send(body, {})).status).toBe(401);
      expect((await send(body, { ...bearer('garbage'), ...inside(app.organizationId) })).status).toBe(401);
      expect((await send(body, { ...bearer('garbage'), ...inside('garbage') })).status).toBe(401);
    });

    it.each([TOO_LARGE, MALFORMED])('422 comes before scope and body', async (body) => {
      const token = await app.newToken(['uns:read']);
      expect(outcome(await send(body, bearer(token)))).toEqual([422, 'missing_organization']);
      expect(outcome(await send(body, { ...bearer(token), ...inside('garbage') }))).toEqual([
        422,
        'missing_organization',
      ]);
    });

    it.each([TOO_LARGE, MALFORMED])('membership comes before scope and body', async (body) => {
      const token = await app.newToken(['uns:read'], await app.newUser('editor'));
      const elsewhere = await send(body, { ...bearer(token), ...inside(await app.newOrganization()) });
      expect(outcome(elsewhere)).toEqual([403, 'forbidden']);
      const nowhere = await send(body, { ...bearer(token), ...inside(newId()) });
      expect([nowhere.status, nowhere.text]).toEqual([elsewhere.status, elsewhere.text]);
    });

    it.each([TOO_LARGE, MALFORMED])('scope comes before role and body', async (body) => {
      const token = await app.newToken(['uns:read'], await app.newUser('viewer'));
      expect(outcome(await send(body, { ...bearer(token), ...inside(app.organizationId) }))).toEqual(REFUSED);
    });

    it.each([TOO_LARGE, MALFORMED])('role comes before body', async (body) => {
      const session = await app.signIn(await app.newUser('viewer'));
      expect(outcome(await send(body, { ...bearer(session), ...inside(app.organizationId) }))).toEqual([
        403,
        'forbidden',
      ]);
    });

    it('413 comes before 400, and 400 before 404 and the branch', async () => {
      const api = app.api(await app.newToken([`uns:publish:mHv1.0/${newId()}/#`, 'uns:read']));
      expect((await api.post(ROUTE, TOO_LARGE)).status).toBe(413);
      expect((await api.post(ROUTE, MALFORMED)).status).toBe(400);
      expect((await api.post(ROUTE, { topic: 'mHv1.0/outside' })).status).toBe(400);
      expect((await api.get(`/uns/data/range?topic=mHv1.0/${newId()}&from=yesterday`)).status).toBe(400);
      expect((await api.get(`/uns/data/range?topic=mHv1.0/${newId()}`)).status).toBe(404);
    });
  });

  describe('a suspended organization', () => {
    it('is closed to its members and opens again', async () => {
      const organizationId = await app.newOrganization();
      const api = app.api(await app.signIn(await app.newUser('admin', organizationId)), organizationId);
      const setStatus = (status: string): Promise<unknown> =>
        app.database.asSystem((manager) =>
          manager.query('UPDATE organizations SET status = $1 WHERE id = $2', [status, organizationId]),
        );
      const becomes = (status: number): Promise<Answer> =>
        eventually(async () => {
          const answer = await publish(api, 'mHv1.0/a');
          return answer.status === status && answer;
        });

      expect((await publish(api, 'mHv1.0/a')).status).toBe(200);
      await setStatus('suspended');
      expect(outcome(await becomes(403))).toEqual([403, 'organization_suspended']);
      expect(outcome(await api.get('/uns/topics'))).toEqual([403, 'organization_suspended']);
      // It comes before scope and role.
      expect(outcome(await api.post('/uns/data/publish', '{'))).toEqual([403, 'organization_suspended']);
      await setStatus('active');
      expect((await becomes(200)).status).toBe(200);
    });
  });
});
