import { ALL_SCOPES } from '#kernel';
import { routeTable } from '#platform/http';
import { createTestApp, type TestApp } from '#testing';
import * as fc from 'fast-check';
import type { Known } from './fields';
import { exchange, type RawAnswer } from './raw-http';
import { requests, type FuzzRequest } from './requests';

/** HUB_TEST_RUNS looks longer than there is time for in every run. */
const RUNS = Number(process.env['HUB_TEST_RUNS'] ?? 4_000);
/** HUB_TEST_SEED repeats a run that found something. */
const SEED = Number(process.env['HUB_TEST_SEED'] ?? Date.now() % 2 ** 31);

/** Not from controllers: the OAuth2 server's own, and the document. */
const OTHER_ROUTES = [
  { method: 'POST', path: '/api/v1/oauth2/token' },
  { method: 'GET', path: '/api/v1/oauth2/authorize' },
  { method: 'GET', path: '/api/v1/oauth2/authorize/:uid' },
  { method: 'GET', path: '/.well-known/openid-configuration' },
  { method: 'GET', path: '/swagger/openapi.json' },
  { method: 'GET', path: '/api/v1/nothing/here' },
];

/** These shut the organization that all of this is about. */
const CLOSING = /\/suspend$|\/maintenance$/;

const CLIENT = { name: 'Fuzz', type: 'confidential', grantTypes: ['client_credentials'], scopes: ['uns:read'] };

const NAMES = ['Fuzz 1', 'Fuzz 2', 'Fuzz 3', 'Fuzz 4', 'Fuzz 5'];

/** The error table of the contract. */
const CODES: Record<number, readonly string[]> = {
  400: ['bad_request'],
  403: ['insufficient_scope', 'forbidden', 'organization_suspended'],
  404: ['not_found'],
  409: ['conflict'],
  412: ['precondition_failed'],
  413: ['payload_too_large'],
  422: ['missing_organization'],
  429: ['too_many_requests'],
};

describe(`${RUNS} random requests, seed ${SEED}`, () => {
  let app: TestApp;
  let known: Known;

  beforeAll(async () => {
    app = await createTestApp({ settings: { HUB_RATE_LIMIT: '0', HUB_SIGNIN_LIMIT: '0' } });
    const editor = await app.newUser('editor');
    const tokens = [
      await app.newToken(ALL_SCOPES),
      await app.newToken(ALL_SCOPES, editor),
      await app.newToken(['uns:read', 'uns:publish'], editor),
    ];
    const topics = ['mHv1.0/fuzz/number', 'mHv1.0/fuzz/object', 'mHv1.0/fuzz/text'];
    const values = [72.5, { rpm: 1450 }, 'running'];
    const records = topics.map((topic, index) => ({ topic, value: values[index] }));
    const api = app.api(tokens[0]!);
    expect((await api.post('/uns/data/publish/batch', { records })).status).toBe(200);
    const { body } = await api.get('/uns/topics');
    const topicIds = body.data.map(({ id }: { id: string }) => id) as string[];
    // Several of each: some are deleted on the way. Who asks is none of them, or the rest would be refused for that alone.
    const users = await Promise.all(NAMES.map(() => app.newUser('viewer')));
    const several = (path: string, body: object): Promise<string[]> =>
      Promise.all(NAMES.map(async (name) => (await api.post(path, { name, ...body })).body.data.id as string));
    const models = await several('/engine/models', { fields: [{ name: 'a', type: 'number' }] });
    const pipelines = await several('/engine/pipelines', { nodes: [{ id: 'a', name: 'A', type: 'trigger.manual' }] });
    const organizations = await several('/organizations', {});
    const connections = await several('/connections', { protocol: 'rest', config: { baseUrl: 'http://127.0.0.1:9' } });
    const client = await api.post('/oauth2/clients', CLIENT);
    const executions = await Promise.all(
      pipelines.map(async (id) => (await api.post(`/engine/pipelines/${id}/execute`, {})).body.data.executionId),
    );
    known = {
      routes: [...routeTable(app.nest).filter(({ path }) => !CLOSING.test(path)), ...OTHER_ROUTES],
      things: {
        '/api/v1/uns/topics': topicIds,
        '/api/v1/engine/models': models,
        '/api/v1/engine/pipelines': pipelines,
        '/api/v1/engine/executions': executions,
        '/api/v1/connections': connections,
        '/api/v1/engine/pipelines/:id/nodes': ['a', 'b'],
        '/api/v1/engine/pipelines/:id/versions': ['1', '2', 'compare'],
        '/api/v1/engine/models/:id/versions': ['1', '2', 'compare'],
        '/api/v1/engine/nodes': ['trigger.manual', 'flow.switch'],
        '/api/v1/oauth2/clients': [client.body.data.id],
        '/api/v1/organizations': organizations,
        '/api/v1/admin/users': users.map(({ id }) => id),
      },
      tokens,
      organizationIds: [app.organizationId],
      ids: [...topicIds, users[0]!.id],
      topics,
      emails: [app.admin.email, users[0]!.email],
      passwords: [app.admin.password, users[0]!.password],
    };
  });

  afterAll(() => app.stop());

  const send = ({ bytes, cutOff }: FuzzRequest): Promise<RawAnswer | undefined> =>
    exchange(app.config.http.port, bytes, cutOff);

  it(
    'none of them fails, and every refusal has the contract’s shape',
    async () => {
      const statuses = new Map<number, number>();
      const property = fc.asyncProperty(requests(known), async (request) => {
        const answer = await send(request);
        if (answer === undefined) {
          expect(request.cutOff).toBe(true);
          return;
        }
        statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1);
        checkAnswer(request, answer);
      });
      await fc.assert(property, { numRuns: RUNS, seed: SEED, endOnFailure: true });

      // The generator is worth something only as long as it reaches past the first checks.
      const share = (status: number): number => (statuses.get(status) ?? 0) / RUNS;
      expect(share(200)).toBeGreaterThan(0.05);
      expect(share(400)).toBeGreaterThan(0.1);
      expect([...statuses.keys()]).toEqual(expect.arrayContaining([201, 401, 403, 404, 413, 422]));

      const api = app.api(await app.newToken(['uns:read', 'uns:publish']));
      const published = await api.post('/uns/data/publish', { topic: 'mHv1.0/fuzz/after', value: 'still here' });
      expect(published.text).toBe('{"data":{"message":"Data published successfully"}}');
      expect((await api.get('/uns/data/recent?topic=mHv1.0/fuzz/after')).body.data[0].value).toBe('still here');
    },
    RUNS * 150,
  );
});

function checkAnswer({ route, bytes }: FuzzRequest, { status, headers, body }: RawAnswer): void {
  expect(status).toBeLessThan(500);
  // Answers that succeed may tell of SQL: the protocols' documentation does.
  if (status >= 400) expect(body).not.toMatch(/\n\s+at |QueryFailedError|node_modules|SELECT |INSERT /);
  // Refused by Node's HTTP parser: it was no HTTP, and never became a request.
  if (!headers.has('x-request-id')) {
    expect([400, 408, 413, 417, 431]).toContain(status);
    expect(body).toBe('');
    return;
  }
  if (status < 400 || bytes.subarray(0, 5).toString() === 'HEAD ') return;
  const error: unknown = JSON.parse(body);
  if (status === 401 || status === 429)
    expect(headers.has(status === 401 ? 'www-authenticate' : 'retry-after')).toBe(true);
  if (isOAuth(route.path) && isOAuthError(error)) return;
  if (status === 401) {
    expect(error).toEqual({ message: expect.any(String) });
    return;
  }
  expect(CODES[status]).toContain((error as { error: string }).error);
  expect(error).toEqual({
    error: expect.any(String),
    message: expect.any(String),
    ...('details' in (error as object) && { details: expect.any(Object) }),
  });
}

/** RFC 6749, 6750, 7009 and 7662 have their own form of errors. */
const isOAuth = (path: string): boolean =>
  /\/oauth2\/(authorize|authorize\/:uid|token|revoke|introspect|userinfo)$/.test(path);

const isOAuthError = (error: unknown): boolean =>
  Object.keys(error as object).every((key) => key === 'error' || key === 'error_description') &&
  typeof (error as { error: unknown }).error === 'string';
