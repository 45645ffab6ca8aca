import { request as httpRequest } from 'node:http';
import { ALL_SCOPES, newId } from '#kernel';
import { createTestApp, eventuallyPasses, type Answer, type ApiClient, type TestApp } from '#testing';
import { create, pipelineOf, type TestNode } from '../executions/pipelines';

const hook = (path: string, parameters: object = {}): TestNode => ({
  name: 'Hook',
  type: 'trigger.webhook',
  parameters: { path, ...parameters },
});

/** Gives what came in. */
const ECHO: TestNode = { name: 'Echo', type: 'code.javascript', parameters: { code: '$trigger' } };
const BAD: TestNode = { name: 'Bad', type: 'code.javascript', parameters: { code: 'throw new Error("no")' } };

const newPath = (): string => `t-${newId()}`;

describe('a webhook', () => {
  let app: TestApp;
  let api: ApiClient;
  let anybody: ApiClient;

  beforeAll(async () => {
    app = await createTestApp({ roles: ['api', 'worker'], settings: { HUB_SIGNIN_LIMIT: '0' } });
    api = app.api(await app.newToken(ALL_SCOPES));
    anybody = app.stranger;
  });

  afterAll(() => app.stop());

  /** Makes it, and waits until it is known. The id of the pipeline. */
  async function make(path: string, parameters: object = {}, nodes: TestNode[] = [ECHO], settings: object = {}) {
    const id = await create(api, pipelineOf([hook(path, parameters), ...nodes], undefined, settings));
    await eventuallyPasses(async () => {
      const methods = await send('OPTIONS', path);
      expect(methods.status).toBe(204);
    });
    return id;
  }

  const send = (method: string, path: string) => fetch(`${app.url}/api/v1/scheduler/webhooks/${path}`, { method });
  const call = (path: string, body?: unknown, fields?: Record<string, string>): Promise<Answer> =>
    anybody.post(`/scheduler/webhooks/${path}`, body, fields);

  async function raw(path: string, contentType: string | undefined, body: string | Buffer): Promise<Answer['body']> {
    const headers: Record<string, string> = contentType === undefined ? {} : { 'Content-Type': contentType };
    const answer = await fetch(`${app.url}/api/v1/scheduler/webhooks/${path}`, {
      method: 'POST',
      headers,
      body: new Uint8Array(Buffer.from(body)),
    });
    return { status: answer.status, ...((await answer.json()) as object) };
  }

  const countOf = (pipelineId: string): Promise<number> =>
    app.database.asSystem(async (manager) => {
      const [row] = await manager.query<{ count: number }[]>(
        'SELECT count(*)::int AS count FROM executions WHERE pipeline_id = $1',
        [pipelineId],
      );
      return row!.count;
    });

  const fill = (pipelineId: string, count: number) =>
    eventuallyPasses(async () => expect(await countOf(pipelineId)).toBe(count));

  it('starts a run and answers with its id', async () => {
    const path = newPath();
    const id = await make(path);
    const answer = await call(path, { value: 21 });
    expect([answer.status, Object.keys(answer.body)]).toEqual([200, ['data']]);
    expect(answer.body.data.executionId).toMatch(/^[0-9a-f-]{36}$/);
    await fill(id, 1);
  });

  it('gives the run the request, without what authenticates it', async () => {
    const path = `${newPath()}/a/b`;
    await make(path, { respond: 'whenFinished', auth: { 'X-Key': 'secret-key' } });
    const fields = { 'X-Key': 'secret-key', Authorization: 'Bearer x', Cookie: 'a=b', 'X-Other': 'o' };
    const answer = await call(`${path}?a=1&b=2&a=3`, { value: 21 }, fields);
    expect(answer.status).toBe(200);
    const { headers, ...rest } = answer.body.result;
    expect(rest).toEqual({
      method: 'POST',
      path,
      query: { a: ['1', '3'], b: '2' },
      clientIp: '127.0.0.1',
      payload: { value: 21 },
    });
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'x-other': 'o' });
    expect(JSON.stringify(answer.body)).not.toMatch(/secret-key|Bearer x|a=b/);
  });

  it('takes bodies of every kind', async () => {
    const path = newPath();
    await make(path, { respond: 'whenFinished' });
    const payloadOf = async (type: string | undefined, body: string | Buffer) =>
      (await raw(path, type, body)).result.payload as unknown;
    expect(await payloadOf('application/json', '\ufeff[1]')).toEqual([1]);
    expect(await payloadOf('application/vnd.a+json; charset=utf-8', 'null')).toBeNull();
    expect(await payloadOf('application/x-www-form-urlencoded', 'a=1&b=x%20y&a=2&__proto__=3')).toEqual(
      JSON.parse('{"a":["1","2"],"b":"x y","__proto__":"3"}'),
    );
    expect(await payloadOf('text/csv', 'a;b')).toBe('a;b');
    expect(await payloadOf('text/plain; charset=iso-8859-1', Buffer.from([0xe9]))).toBe('é');
    const binary = Buffer.from([0, 255, 1]);
    expect(await payloadOf('image/png', binary)).toEqual({ contentType: 'image/png', base64: 'AP8B' });
    expect(await payloadOf('text/plain; charset=nonsense', 'a')).toEqual({
      contentType: 'text/plain; charset=nonsense',
      base64: 'YQ==',
    });
    expect(await payloadOf('application/json', '')).toBeNull();
    expect(await raw(path, 'application/json', '{')).toMatchObject({
      status: 400,
      error: 'bad_request',
      message: 'Body is not valid JSON',
    });
    const large = await raw(path, 'text/plain', Buffer.alloc(10 * 1024 * 1024 + 1, 'a'));
    expect(large).toMatchObject({ status: 413, error: 'payload_too_large' });
  });

  it('takes its own methods alone', async () => {
    const path = newPath();
    const id = await make(path, { methods: ['GET', 'PUT'] });
    for (const method of ['POST', 'HEAD', 'DELETE']) {
      const answer = await send(method, path);
      expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'GET, PUT']);
    }
    const options = await send('OPTIONS', path);
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, PUT']);
    expect((await anybody.get(`/scheduler/webhooks/${path}`)).status).toBe(200);
    expect(await countOf(id)).toBe(1);
  });

  it('lets in those alone who have all of its headers', async () => {
    const path = newPath();
    const id = await make(path, { auth: { 'X-Key': 'right', Authorization: 'Bearer ünï' } });
    const bearer = Buffer.from('Bearer ünï').toString('latin1');
    expect((await call(path, {}, { 'X-Key': 'right', Authorization: bearer })).status).toBe(200);
    const wrong = [{}, { 'X-Key': 'right' }, { Authorization: bearer }, { 'X-Key': 'righ', Authorization: bearer }];
    for (const fields of wrong) {
      // Checked before the body is.
      const answer = await call(path, '{', fields as Record<string, string>);
      expect([answer.status, answer.body]).toEqual([401, { message: 'missing or invalid credentials' }]);
    }
    expect(await countOf(id)).toBe(1);
  });

  it('lets in its addresses alone', async () => {
    const [near, far] = [newPath(), newPath()];
    await make(near, { allowIps: ['::1', '127.0.0.0/8'] });
    await make(far, { allowIps: ['192.0.2.0/24', '2001:db8::/32'] });
    expect((await call(near, {})).status).toBe(200);
    // No proxy is trusted here, whatever it says.
    const answer = await call(far, {}, { 'X-Forwarded-For': '192.0.2.7' });
    expect([answer.status, answer.body.error]).toEqual([403, 'forbidden']);
  });

  it('answers as its trigger says', async () => {
    const paths = [newPath(), newPath(), newPath()] as const;
    await make(paths[0], { status: 202, body: { accepted: true } });
    await make(paths[1], { body: '<b>thanks</b>' });
    await make(paths[2], { status: 204 });
    const [json, text, nothing] = await Promise.all(paths.map((path) => call(path, {})));
    expect([json!.status, json!.body]).toEqual([202, { accepted: true }]);
    expect([text!.status, text!.text, text!.headers.get('content-type')]).toEqual([
      200,
      '<b>thanks</b>',
      'text/plain; charset=utf-8',
    ]);
    expect(text!.headers.get('content-security-policy')).toBe('sandbox');
    expect([nothing!.status, nothing!.text]).toEqual([204, '']);
  });

  it('tells that the run it waited for has failed', async () => {
    const path = newPath();
    await make(path, { respond: 'whenFinished' }, [BAD]);
    const answer = await call(path, {});
    expect([answer.status, answer.body]).toMatchObject([502, { error: 'failed', message: expect.any(String) }]);
    expect(answer.body.executionId).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('gives the answer of a node, and what comes of a run without one', async () => {
    const respond: TestNode = {
      name: 'Respond',
      type: 'flow.respond',
      parameters: {
        status: 418,
        headers: { 'X-Order': '{{ $trigger.payload.order }}' },
        body: '{{ $trigger.payload }}',
      },
    };
    const slow: TestNode = { name: 'Slow', type: 'flow.wait', parameters: { duration: '30s' } };
    const [with1, without, failing] = [newPath(), newPath(), newPath()];
    await make(with1, { respond: 'node' }, [respond, slow]);
    await make(without, { respond: 'node' });
    await make(failing, { respond: 'node' }, [respond]);
    const answer = await call(with1, { order: 'a1' });
    expect([answer.status, answer.headers.get('x-order'), answer.body]).toEqual([418, 'a1', { order: 'a1' }]);
    expect((await call(without, { a: 1 })).body.result.payload).toEqual({ a: 1 });
    // A header that would end another one and begin a body.
    const injected = await call(failing, { order: 'a\r\nSet-Cookie: a=b\r\n\r\n<html>' });
    expect([injected.status, injected.headers.get('set-cookie')]).toEqual([502, null]);
  });

  it('starts one run for a key, from however many sides at once', async () => {
    const path = newPath();
    const id = await make(path);
    const keyed = { 'Idempotency-Key': 'k-1' };
    const answers = await Promise.all(Array.from({ length: 200 }, () => call(path, { a: 1 }, keyed)));
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(await countOf(id)).toBe(1);
    const other = await call(path, { a: 2 }, keyed);
    expect([other.status, other.body.error]).toEqual([409, 'conflict']);
    expect((await call(path, { a: 1 }, { 'Idempotency-Key': 'a b' })).status).toBe(400);
    // Another webhook knows nothing of it.
    const second = newPath();
    await make(second);
    expect((await call(second, { a: 1 }, keyed)).text).not.toBe(answers[0]!.text);
  });

  it('starts a run for each of many requests', async () => {
    const path = newPath();
    const id = await make(path);
    const answers = await Promise.all(Array.from({ length: 200 }, (_, a) => call(path, { a })));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body.data.executionId)).size).toBe(200);
    expect(await countOf(id)).toBe(200);
  });

  it('says that the pipeline runs already', async () => {
    const path = newPath();
    const slow: TestNode = { name: 'Slow', type: 'flow.wait', parameters: { duration: '30s' } };
    const id = await make(path, {}, [slow], { overlap: 'skip' });
    const answers = await Promise.all(Array.from({ length: 10 }, () => call(path, {})));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.find(({ status }) => status === 409)!.body).toMatchObject({ message: 'The pipeline runs already' });
    expect(await countOf(id)).toBe(1);
  });

  it('comes with its pipeline and goes with it', async () => {
    const path = newPath();
    const id = await make(path);
    const status = async () => (await call(path, {})).status;
    await api.post(`/engine/pipelines/${id}/disable`);
    await eventuallyPasses(async () => expect(await status()).toBe(404));
    await api.post(`/engine/pipelines/${id}/enable`);
    await eventuallyPasses(async () => expect(await status()).toBe(200));
    await api.delete(`/engine/pipelines/${id}`);
    await eventuallyPasses(async () => expect(await status()).toBe(404));
  });

  it('is refused where its organization is suspended, and not by maintenance', async () => {
    const organizationId = await app.newOrganization();
    const other = app.api(await app.newToken(ALL_SCOPES), organizationId);
    const path = newPath();
    await create(other, pipelineOf([hook(path), ECHO]));
    await eventuallyPasses(async () => expect((await call(path, {})).status).toBe(200));
    await other.post('/organizations/settings/maintenance', { message: 'Moving' });
    expect((await call(path, {})).status).toBe(200);
    await app.database.asSystem((manager) =>
      manager.query(`UPDATE organizations SET status = 'suspended' WHERE id = $1`, [organizationId]),
    );
    await eventuallyPasses(async () => expect((await call(path, {})).body.error).toBe('organization_suspended'));
  });

  it('is found by its own path alone', async () => {
    const path = `${newPath()}/b`;
    const id = await make(path);
    const base = new URL(app.url);
    // Not by `fetch`, which resolves dots.
    const statusOf = (address: string): Promise<number> =>
      new Promise((resolve, reject) => {
        const options = { host: base.hostname, port: base.port, method: 'POST', path: address };
        httpRequest(options, (response) => resolve(response.resume().statusCode!))
          .on('error', reject)
          .end();
      });
    const at = (rest: string) => statusOf(`/api/v1/scheduler/webhooks${rest}`);
    const [first] = path.split('/');
    for (const rest of [
      `/${first}%2Fb`,
      `/${first}/x/../b`,
      `/${first}/./b`,
      `//${first}/b`,
      `/${first}//b`,
      '/',
      '',
    ]) {
      expect([rest, await at(rest)]).toEqual([rest, 404]);
    }
    expect(await at(`/${first}/%`)).toBe(400);
    expect(await at(`/${first}/b%00`)).toBe(404);
    expect(await countOf(id)).toBe(0);
  });

  it('holds up addresses that are refused too often', async () => {
    const strict = await createTestApp({ databaseUrl: app.config.database.url, settings: { HUB_SIGNIN_LIMIT: '3' } });
    try {
      const path = newPath();
      await make(path, { auth: { 'X-Key': 'right' } });
      const at = (fields: Record<string, string>) => strict.stranger.post(`/scheduler/webhooks/${path}`, {}, fields);
      const right = { 'X-Key': 'right' };
      await eventuallyPasses(async () => expect((await at(right)).status).toBe(200));
      for (let i = 0; i < 3; i++) expect((await at({})).status).toBe(401);
      const answer = await at(right);
      expect([answer.status, Number(answer.headers.get('retry-after')) > 0]).toEqual([429, true]);
      // Signing in is counted apart.
      expect(await strict.signIn()).toBeTruthy();
    } finally {
      await strict.stop();
    }
  });
});
