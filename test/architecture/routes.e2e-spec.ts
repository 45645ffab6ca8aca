import { ALL_SCOPES, newId, type Scope } from '#kernel';
import { routeTable, type Route } from '#platform/http';
import { ApiClient, createTestApp, type TestApp } from '#testing';
import { shadowedRoutes, shapeFaults } from './route-rules';

/** Scopes whose routes are still to come. Whoever builds them takes them out of here. */
const TO_COME: readonly Scope[] = [];

describe('the routes', () => {
  let app: TestApp;
  let routes: Route[];

  beforeAll(async () => {
    app = await createTestApp();
    routes = routeTable(app.nest);
  });

  afterAll(() => app.stop());

  it('each say who may call them and what they answer', () => {
    expect(routes.filter(({ access, answer }) => !access || !answer)).toEqual([]);
  });

  it('never stand behind one that takes their calls', () => {
    expect(shadowedRoutes(routes)).toEqual([]);
  });

  it('carry the decorators that their kind demands', () => {
    expect(shapeFaults(routes)).toEqual([]);
  });

  it('use every scope of the catalogue whose area is built', () => {
    const used = new Set(routes.map(({ access }) => (access?.kind === 'scope' ? access.scope : undefined)));
    expect(ALL_SCOPES.filter((scope) => !used.has(scope))).toEqual(TO_COME);
  });

  it('refuse strangers with 401 before anything else', async () => {
    const closed = routes.filter(({ access }) => access?.kind !== 'public');
    const answers = await callAll(app.stranger, closed);
    expect(closed.length).toBeGreaterThan(0);
    expect(answers.filter(({ status }) => status !== 401)).toEqual([]);
  });

  it('ask for the organization where they belong to one', async () => {
    const owned = routes.filter(({ access, organizationFree }) => access?.kind !== 'public' && !organizationFree);
    const token = await app.newToken(ALL_SCOPES);
    const answers = await callAll(new ApiClient(app.url, { Authorization: `Bearer ${token}` }), owned);
    expect(answers.filter(({ status }) => status !== 422)).toEqual([]);
  });

  it('refuse a credential without their scope', async () => {
    const scoped = routes.filter(({ access }) => access?.kind === 'scope' && access.scope !== 'tokens:read');
    const answers = await callAll(app.api(await app.newToken(['tokens:read'])), scoped, app.organizationId);
    expect(answers.filter(({ status, error }) => status !== 403 || error !== 'insufficient_scope')).toEqual([]);
  });

  it('refuse users of another organization', async () => {
    const owned = routes.filter(({ access, organizationFree }) => access?.kind === 'scope' && !organizationFree);
    const token = await app.newToken(ALL_SCOPES, await app.newUser());
    const answers = await callAll(app.api(token), owned);
    expect(answers.filter(({ status, error }) => status !== 403 || error !== 'forbidden')).toEqual([]);
  });
});

/** Each route with ids of nothing and no body; none of these gets far enough to miss them. */
function callAll(api: ApiClient, routes: readonly Route[], organizationId = newId()) {
  return Promise.all(
    routes.map(async ({ method, path, organizationInPath }) => {
      const named = organizationInPath ? path.replace(':id', organizationId) : path;
      const address = named.replace('/api/v1', '').replace(/:\w+/g, newId());
      const verb = (method === 'ALL' ? 'post' : method.toLowerCase()) as 'get' | 'post' | 'put' | 'patch' | 'delete';
      const { status, body } = await api[verb](address);
      return { method, path, status, error: (body as { error?: string } | undefined)?.error };
    }),
  );
}

describe('the rule of shadowed routes', () => {
  const get = (path: string) => ({ method: 'GET', path });

  it.each([
    ['a fixed segment behind a parameter', [get('/things/:id'), get('/things/mine')], 1],
    ['a fixed segment ahead of a parameter', [get('/things/mine'), get('/things/:id')], 0],
    ['the same address twice', [get('/things/:id'), get('/things/:name')], 1],
    ['the first difference decides', [get('/things/:id/all'), get('/things/mine/:part')], 1],
    ['another method', [get('/things/:id'), { method: 'POST', path: '/things/mine' }], 0],
    ['every method', [{ method: 'ALL', path: '/things/:id' }, get('/things/mine')], 1],
    ['another depth', [get('/things/:id'), get('/things/mine/all')], 0],
  ])('knows %s', (_, routes, count) => {
    expect(shadowedRoutes(routes)).toHaveLength(count);
  });
});
