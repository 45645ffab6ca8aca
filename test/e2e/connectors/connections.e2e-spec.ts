import { ALL_SCOPES, newId } from '#kernel';
import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { OutsideHttp, selfSigned } from './outside-http';

const CONFIG = { baseUrl: 'http://127.0.0.1:9/api' };
const MASK = '********';

describe('connections', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    api = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(() => app.stop());

  const create = async (change: object = {}) => {
    const answer = await api.post('/connections', { name: newId(), protocol: 'rest', config: CONFIG, ...change });
    expect(answer).toMatchObject({ status: 201 });
    return answer.body.data;
  };

  it('are made, read, changed and removed', async () => {
    const made = await api.post('/connections', {
      name: 'MES',
      description: 'Orders',
      protocol: 'rest',
      config: CONFIG,
      labels: { site: 'north' },
    });
    expect(made.status).toBe(201);
    const { id } = made.body.data;
    expect([made.headers.get('location'), made.headers.get('etag')]).toEqual([`/api/v1/connections/${id}`, '"1"']);
    expect(made.body.data).toMatchObject({
      name: 'MES',
      description: 'Orders',
      protocol: 'rest',
      config: CONFIG,
      labels: { site: 'north' },
      enabled: true,
      status: 'idle',
      version: 1,
    });
    const change = { description: null, labels: {}, enabled: false };
    const changed = await api.patch(`/connections/${id}`, change, { 'If-Match': '"1"' });
    expect(changed.body.data).toMatchObject({ ...change, name: 'MES', config: CONFIG, version: 2 });
    expect(await api.get(`/connections/${id}`)).toMatchObject({ status: 200, body: changed.body });
    expect((await api.patch(`/connections/${id}`, change, { 'If-Match': '"1"' })).status).toBe(412);
    expect((await api.delete(`/connections/${id}`, { 'If-Match': '"1"' })).status).toBe(412);
    expect((await api.delete(`/connections/${id}`)).status).toBe(204);
    expect(await api.get(`/connections/${id}`)).toMatchObject({
      status: 404,
      body: { message: 'Connection not found' },
    });
  });

  it('have names that are unique whatever their case', async () => {
    await create({ name: 'Press' });
    expect(await api.post('/connections', { name: 'PRESS', protocol: 'rest', config: CONFIG })).toMatchObject({
      status: 409,
      body: { error: 'conflict', message: 'Name is taken by another connection' },
    });
  });

  it.each<[object, string]>([
    [{ protocol: 'carrier-pigeon' }, 'Protocol carrier-pigeon is not known'],
    [{ config: {} }, 'baseUrl is required'],
    [{ config: { baseUrl: 'x' } }, 'baseUrl must be an http or https address'],
    [{ config: { ...CONFIG, timeoutMs: 0 } }, 'timeoutMs must be >= 1'],
    [{ config: { ...CONFIG, timeoutMs: 600_001 } }, 'timeoutMs must be <= 600000'],
    [{ config: { ...CONFIG, other: 1 } }, 'other is not known'],
    [{ config: { ...CONFIG, auth: { type: 'apiKey', name: 'X' } } }, 'auth.value is required'],
    [{ config: { ...CONFIG, auth: { type: 'apiKey', name: 'X', value: MASK } } }, 'auth.value is required'],
    [{ name: 'x'.repeat(101) }, 'Name must be shorter than or equal to 100 characters'],
    [{ labels: { 'a b': 'x' } }, 'Labels must be at most 10 texts of 200 characters under keys of'],
    [
      { labels: Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`k${index}`, ''])) },
      'Labels must be at most',
    ],
    [{ secrets: 'x' }, 'Secrets is not a known field'],
  ])('are refused: %j', async (change, message) => {
    const answer = await api.post('/connections', { name: newId(), protocol: 'rest', config: CONFIG, ...change });
    expect(answer).toMatchObject({ status: 400, body: { error: 'bad_request' } });
    expect(answer.body.message).toContain(message);
  });

  it('do not change their protocol', async () => {
    const { id } = await create();
    expect((await api.patch(`/connections/${id}`, { protocol: 'mqtt' })).status).toBe(400);
  });

  it('are listed by pages, searched, sorted and filtered', async () => {
    await create({ name: 'List B', labels: { line: '1', site: 'south' } });
    await create({ name: 'List A', description: 'needle', enabled: false, labels: { line: '2' } });
    const names = async (query: string): Promise<string[]> =>
      (await api.get(`/connections?${query}`)).body.data.map(({ name }: { name: string }) => name);
    expect(await names('search=NEEDLE')).toEqual(['List A']);
    expect(await names('search=list&sort=-name')).toEqual(['List B', 'List A']);
    expect(await names('search=list&enabled=true')).toEqual(['List B']);
    expect(await names('search=list&enabled=false&protocol=rest')).toEqual(['List A']);
    expect(await names('search=list&protocol=mqtt')).toEqual([]);
    expect(await names('search=list&label=line')).toEqual(['List A', 'List B']);
    expect(await names('label=line:2')).toEqual(['List A']);
    expect(await names('label=line:3')).toEqual([]);
    expect((await api.get('/connections?search=list&limit=1&page=2')).body).toMatchObject({
      data: [{ name: 'List B' }],
      meta: { page: 2, limit: 1, total: 2 },
    });
  });

  it('are cloned with their functions', async () => {
    const { id } = await create({ labels: { a: 'b' } });
    await api.post(`/connections/${id}/functions`, { name: 'One', type: 'rest.get', config: { path: '/one' } });
    const name = newId();
    const clone = await api.post(`/connections/${id}/clone`, { name });
    expect(clone).toMatchObject({
      status: 201,
      body: { data: { name, config: CONFIG, labels: { a: 'b' }, version: 1 } },
    });
    const copy = clone.body.data.id;
    expect(clone.headers.get('location')).toBe(`/api/v1/connections/${copy}`);
    expect((await api.get(`/connections/${copy}/functions`)).body.data).toMatchObject([{ name: 'One', version: 1 }]);
    expect((await api.post(`/connections/${id}/clone`, { name })).status).toBe(409);
  });

  it('tell what protocols there are', async () => {
    const list = await api.get('/connections/protocols?search=rest');
    expect(list.body).toMatchObject({ data: expect.arrayContaining([expect.objectContaining({ id: 'rest' })]) });
    const { body } = await api.get('/connections/protocols/rest');
    expect(body.data).toMatchObject({
      id: 'rest',
      verified: true,
      config: { type: 'object', required: ['baseUrl'] },
    });
    expect(body.data.functions.map(({ type }: { type: string }) => type)).toEqual([
      'rest.get',
      'rest.post',
      'rest.put',
      'rest.patch',
      'rest.delete',
    ]);
    expect(await api.get('/connections/protocols/x')).toMatchObject({
      status: 404,
      body: { message: 'Protocol not found' },
    });
  });

  it('have a state in the audit trail, with what was changed and never a config', async () => {
    const { id } = await create({ name: 'Audited' });
    await api.patch(`/connections/${id}`, { enabled: false, config: { baseUrl: `${CONFIG.baseUrl}/not-told` } });
    await api.post(`/connections/${id}/test`);
    await api.delete(`/connections/${id}`);
    const rows = await app.database.asSystem((manager) =>
      manager.query<{ action: string; row: string }[]>(
        `SELECT action, to_jsonb(e)::text AS row FROM audit_entries e WHERE entity_id = $1 ORDER BY id`,
        [id],
      ),
    );
    expect(rows.map(({ action }) => action)).toEqual([
      'connection.create',
      'connection.update',
      'connection.test',
      'connection.delete',
    ]);
    // No digits: ids and times may have any of them in a row.
    expect(rows.map(({ row }) => row).join()).not.toContain('not-told');
  });

  describe('functions', () => {
    let connection: string;

    beforeAll(async () => void (connection = (await create()).id));

    const add = (change: object) =>
      api.post(`/connections/${connection}/functions`, {
        name: newId(),
        type: 'rest.get',
        config: { path: '/x' },
        ...change,
      });

    it('are made, read, changed and removed', async () => {
      const made = await add({
        name: 'Read',
        config: { path: '/((id))' },
        parameters: [
          { name: 'id', type: 'string' },
          { name: 'n', type: 'number', default: 1 },
        ],
      });
      expect(made.status).toBe(201);
      const { id } = made.body.data;
      const path = `/connections/${connection}/functions/${id}`;
      expect(made.headers.get('location')).toBe(`/api/v1${path}`);
      expect(made.body.data).toMatchObject({
        connectionId: connection,
        parameters: [
          { name: 'id', type: 'string', required: true },
          { name: 'n', type: 'number', required: false, default: 1 },
        ],
        version: 1,
      });
      const changed = await api.patch(path, { type: 'rest.delete', config: { path: '/y' } }, { 'If-Match': '"1"' });
      expect(changed.body.data).toMatchObject({
        name: 'Read',
        type: 'rest.delete',
        config: { path: '/y' },
        version: 2,
      });
      expect((await api.patch(path, { name: 'x' }, { 'If-Match': '"1"' })).status).toBe(412);
      expect(await api.patch(path, { config: { path: '/((new))' } })).toMatchObject({
        status: 400,
        body: { message: 'Parameter new is used in path but not declared' },
      });
      expect(
        (await api.get(`/connections/${connection}/functions?search=read&type=rest.delete`)).body.data,
      ).toHaveLength(1);
      expect((await api.delete(path)).status).toBe(204);
      expect(await api.get(path)).toMatchObject({ status: 404, body: { message: 'Function not found' } });
      expect((await api.post(`${path}/execute`, {})).status).toBe(404);
    });

    it.each<[object, string]>([
      [{ type: 'rest.head' }, 'Type rest.head is none of protocol rest'],
      [{ config: {} }, 'path is required'],
      [{ config: { path: '/x', body: {} } }, 'body is not known'],
      [{ config: { path: '/x/../y' } }, 'path must not have . or .. as a segment'],
      [{ config: { path: '/x', headers: { Host: 'a' } } }, 'Header Host is set by the connection itself'],
      [{ config: { path: '/((a))' } }, 'Parameter a is used in path but not declared'],
      [{ config: { path: '/x', query: { q: ['((b))'] } } }, 'Parameter b is used in query.q[0] but not declared'],
      [{ parameters: [{ name: 'a', type: 'date' }] }, 'Type must be one of'],
      [{ parameters: [{ name: 'a-b', type: 'string' }] }, 'Name a-b must be letters'],
      [{ parameters: [{ name: 'a', type: 'number', default: '1' }] }, 'Default of a must be a number'],
    ])('are refused: %j', async (change, message) => {
      const answer = await add(change);
      expect(answer).toMatchObject({ status: 400 });
      expect(answer.body.message).toContain(message);
    });

    it('belong to one connection, where their names are unique', async () => {
      const { id } = (await add({ name: 'Same' })).body.data;
      expect((await add({ name: 'SAME' })).status).toBe(409);
      const other = (await create()).id;
      expect((await api.get(`/connections/${other}/functions/${id}`)).status).toBe(404);
      expect((await api.get(`/connections/${newId()}/functions`)).body.message).toBe('Connection not found');
    });

    it('are executed with the parameters they declare', async () => {
      const { id } = (
        await add({
          config: { path: '/((id))', query: { n: '((n))' } },
          parameters: [
            { name: 'id', type: 'string' },
            { name: 'n', type: 'number' },
          ],
        })
      ).body.data;
      const execute = (parameters: unknown) =>
        api.post(`/connections/${connection}/functions/${id}/execute`, { parameters });
      expect(await execute({ n: '1', x: 2 })).toMatchObject({
        status: 400,
        body: {
          message: 'Parameter id is required',
          details: [
            { field: 'parameters.id', message: 'Parameter id is required' },
            { field: 'parameters.n', message: 'Parameter n must be a number' },
            { field: 'parameters.x', message: 'Parameter x is not known' },
          ],
        },
      });
      expect((await execute({ id: '..', n: 1 })).body.message).toBe('path must not have . or .. as a segment');
      expect((await execute('x')).status).toBe(400);
      // Nobody listens there.
      expect((await execute({ id: 'a', n: 1 })).body.data).toMatchObject({
        success: false,
        error: { retryable: true },
      });
    });
  });
});

describe('secrets', () => {
  let app: TestApp;
  let api: ApiClient;
  let outside: OutsideHttp;

  beforeAll(async () => {
    [app, outside] = await Promise.all([createTestApp(), new OutsideHttp().start()]);
    api = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(() => Promise.all([app.stop(), outside.stop()]));

  const { key, cert } = selfSigned('client');
  const planted = ['planted-api-key-1', 'planted/pass word"2', 'planted-header-3', 'planted-client-4', 'planted-new-5'];

  const configs = () => [
    { auth: { type: 'apiKey', in: 'query', name: 'key', value: planted[0] } },
    { auth: { type: 'basic', username: 'hub', password: planted[1] }, tls: { cert, key } },
    { auth: { type: 'headers', headers: { 'X-Secret': planted[2] } } },
    {
      auth: { type: 'oauth2', tokenUrl: `${outside.url}/token`, clientId: 'hub', clientSecret: planted[3] },
    },
  ];

  const create = async (config: object) => {
    const request = { name: newId(), protocol: 'rest', config: { baseUrl: outside.url, ...config } };
    const answer = await api.post('/connections', request);
    expect(answer).toMatchObject({ status: 201 });
    return answer;
  };

  it('are masked, kept, replaced and removed', async () => {
    const made = await create({ auth: { type: 'basic', username: 'hub', password: 'first-password' } });
    const { id, config } = made.body.data;
    expect(config.auth).toEqual({ type: 'basic', username: 'hub', password: MASK });
    const { id: functionId } = (
      await api.post(`/connections/${id}/functions`, { name: 'Echo', type: 'rest.get', config: { path: '/echo' } })
    ).body.data;
    const sent = async (): Promise<string> => {
      await api.post(`/connections/${id}/functions/${functionId}/execute`);
      const { authorization = '' } = outside.last.headers;
      return atob(authorization.replace('Basic ', ''));
    };
    const change = async (auth: object) =>
      (await api.patch(`/connections/${id}`, { config: { baseUrl: outside.url, auth } })).body.data.config
        .auth as object;

    expect(await sent()).toBe('hub:first-password');
    expect(await change({ type: 'basic', username: 'other', password: MASK })).toMatchObject({ password: MASK });
    expect(await sent()).toBe('other:first-password');
    expect(await change({ type: 'basic', username: 'third' })).toMatchObject({ password: MASK });
    expect(await sent()).toBe('third:first-password');
    await api.patch(`/connections/${id}`, { description: 'nothing about it' });
    expect(await sent()).toBe('third:first-password');
    await change({ type: 'basic', username: 'third', password: 'second-password' });
    expect(await sent()).toBe('third:second-password');
    expect(await change({ type: 'basic', username: 'third', password: null })).toEqual({
      type: 'basic',
      username: 'third',
    });
    expect(await sent()).toBe('third:');
    expect(await change({ type: 'none' })).toEqual({ type: 'none' });
    expect(await sent()).toBe('');
  });

  it('go with the clone, which can use them', async () => {
    const made = await create({ auth: { type: 'headers', headers: { 'X-Secret': 'cloned-secret' } } });
    const clone = await api.post(`/connections/${made.body.data.id}/clone`, { name: newId() });
    expect(clone.body.data.config.auth.headers).toEqual({ 'X-Secret': MASK });
    expect((await api.post(`/connections/${clone.body.data.id}/test`)).body.data).toMatchObject({ success: true });
    expect(outside.last.headers['x-secret']).toBe('cloned-secret');
  });

  it('are nowhere in clear: not in answers, errors, the trail or any table', async () => {
    const answers: string[] = [];
    const note = async (answer: Promise<{ text: string; body: { data: { id: string } } }>) => {
      const { text, body } = await answer;
      answers.push(text);
      return body?.data?.id;
    };
    for (const config of configs()) {
      const id = await note(create(config));
      await note(api.get(`/connections/${id}`));
      await note(
        api.patch(`/connections/${id}`, { config: { baseUrl: outside.url, headers: { 'X-New': 'x' }, ...config } }),
      );
      // Refused ones too.
      await note(api.patch(`/connections/${id}`, { config: { baseUrl: 5, ...config, other: 1 } }));
      await note(api.post('/connections', { name: newId(), protocol: 'rest', config: { ...config, baseUrl: 'x' } }));
      await note(api.post(`/connections/${id}/clone`, { name: newId() }));
      await note(api.post(`/connections/${id}/test`));
      // Its answers are failures that tell all that it was sent.
      for (const type of ['rest.get', 'rest.post']) {
        const request = { name: newId(), type, config: { path: '/status/500' } };
        const functionId = await note(api.post(`/connections/${id}/functions`, request));
        const key = { 'Idempotency-Key': newId() };
        await note(api.post(`/connections/${id}/functions/${functionId}/execute`, {}, key));
      }
    }
    const { body } = await create({ auth: { type: 'apiKey', name: 'X-Key', value: 'x' } });
    const auth = { type: 'apiKey', name: 'X-Key', value: planted[4] };
    await note(api.patch(`/connections/${body.data.id}`, { config: { baseUrl: outside.url, auth } }));

    const secrets = [...planted, ...key.split('\n').slice(1, 3), btoa(`hub:${planted[1]}`)];
    const forms = secrets.flatMap((secret) => [
      secret,
      JSON.stringify(secret).slice(1, -1),
      encodeURIComponent(secret),
      Buffer.from(secret).toString('hex'),
      Buffer.from(secret).toString('base64'),
    ]);
    expect(answers.length).toBeGreaterThan(40);
    expect(forms.filter((form) => answers.join('\n').includes(form))).toEqual([]);
    const dump = await everyTable();
    expect(dump).toContain(outside.url);
    expect(forms.filter((form) => dump.includes(form))).toEqual([]);
  });

  /** Every row of every table, bytes in hexadecimal. */
  function everyTable(): Promise<string> {
    return app.database.asSystem(async (manager) => {
      const tables = await manager.query<{ name: string }[]>(
        `SELECT quote_ident(relname) AS name FROM pg_class JOIN pg_namespace n ON n.oid = relnamespace
         WHERE nspname = 'public' AND relkind IN ('r', 'p') AND NOT relispartition
           AND has_table_privilege(pg_class.oid, 'SELECT')`,
      );
      const texts: string[] = [];
      for (const { name } of tables) {
        const [row] = await manager.query<{ rows: string | null }[]>(
          `SELECT string_agg(to_jsonb(t)::text, E'\\n') AS rows FROM ${name} t`,
        );
        texts.push(row!.rows ?? '');
      }
      return texts.join('\n');
    });
  }
});
