import { ALL_SCOPES, newId } from '#kernel';
import { createTestApp, eventually, freePort, type ApiClient, type TestApp } from '#testing';
import { OutsideHttp, rawServer, selfSigned } from './outside-http';

/** What is beside the config of a function that is made to be executed once. */
interface Execution {
  type?: string;
  parameters?: object[];
  values?: object;
  /** Idempotency-Key */
  key?: string;
}

describe('the REST protocol', () => {
  let app: TestApp;
  let api: ApiClient;
  let outside: OutsideHttp;

  beforeAll(async () => {
    [app, outside] = await Promise.all([createTestApp(), new OutsideHttp().start()]);
    api = app.api(await app.newToken(ALL_SCOPES));
  });

  afterAll(() => Promise.all([app.stop(), outside.stop()]));

  let raw: Awaited<ReturnType<typeof rawServer>> | undefined;

  afterEach(async () => {
    await raw?.stop();
    raw = undefined;
  });

  const connect = async (config: object = {}): Promise<string> => {
    const answer = await api.post('/connections', {
      name: newId(),
      protocol: 'rest',
      config: { baseUrl: outside.url, ...config },
    });
    expect(answer).toMatchObject({ status: 201 });
    return answer.body.data.id;
  };

  /** Makes a function of the connection and executes it; gives the answer's data. */
  const run = async (
    connection: string,
    config: object,
    { type = 'rest.get', values = {}, key, ...declared }: Execution = {},
  ) => {
    const made = await api.post(`/connections/${connection}/functions`, { name: newId(), type, config, ...declared });
    expect(made).toMatchObject({ status: 201 });
    const path = `/connections/${connection}/functions/${made.body.data.id}/execute`;
    const answer = await api.post(path, { parameters: values }, key === undefined ? {} : { 'Idempotency-Key': key });
    expect(answer).toMatchObject({ status: 200 });
    return answer.body.data;
  };

  const get = (connection: string, path: string) => run(connection, { path });

  it('calls with parameters, and tells what it was answered', async () => {
    const connection = await connect({ baseUrl: `${outside.url}/echo/`, headers: { 'X-Site': 'north' } });
    const data = await run(
      connection,
      {
        path: '/orders/((order))',
        query: { limit: '((limit))', tags: '((tags))', fixed: 'a b' },
        headers: { 'X-Trace': 't-((limit))' },
        body: { order: '((order))', limit: '((limit))', note: 'for ((order))', nested: ['((tags))'] },
      },
      {
        type: 'rest.post',
        key: 'effect-1',
        parameters: [
          { name: 'order', type: 'string' },
          { name: 'limit', type: 'number', default: 5 },
          { name: 'tags', type: 'array' },
        ],
        values: { order: 'a/b?c', tags: ['x', 1] },
      },
    );
    expect(data).toMatchObject({
      success: true,
      functionId: expect.any(String),
      durationMs: expect.any(Number),
      timestamp: expect.stringMatching(/^\d{4}-.*Z$/),
      data: {
        status: 200,
        headers: { 'content-type': 'application/json' },
        body: {
          method: 'POST',
          url: '/echo/orders/a%2Fb%3Fc?tags=x&tags=1&fixed=a+b&limit=5',
          headers: {
            'x-site': 'north',
            'x-trace': 't-5',
            'content-type': 'application/json',
            'idempotency-key': 'effect-1',
          },
        },
      },
    });
    expect(JSON.parse(data.data.body.body)).toEqual({
      order: 'a/b?c',
      limit: 5,
      note: 'for a/b?c',
      nested: [['x', 1]],
    });
  });

  it.each(['post', 'put', 'patch', 'delete'])('has %s', async (method) => {
    await run(
      await connect(),
      { path: '/echo', body: '((b))' },
      {
        type: `rest.${method}`,
        parameters: [{ name: 'b', type: 'object' }],
        values: { b: { a: 1 } },
      },
    );
    expect(outside.last).toMatchObject({ method: method.toUpperCase(), body: '{"a":1}' });
  });

  it('reads JSON, text of any charset, bytes, packed and empty bodies', async () => {
    const connection = await connect();
    const bodies = async (...paths: string[]) =>
      Promise.all(paths.map(async (path) => (await get(connection, path)).data));
    expect(await bodies('/text', '/bytes', '/gzip', '/status/204')).toMatchObject([
      { body: 'ä' },
      { body: 'AAH/', bodyEncoding: 'base64' },
      { body: { packed: true } },
      { status: 204, body: null },
    ]);
  });

  it.each([
    ['400', { retryable: false }],
    ['404', { retryable: false }],
    ['409', { retryable: false }],
    ['429', { retryable: true }],
    ['500', { retryable: true }],
    ['503', { retryable: true }],
  ])('fails by status %s', async (status, { retryable }) => {
    expect(await get(await connect(), `/status/${status}`)).toMatchObject({
      success: false,
      error: { message: `The server answered ${status}`, retryable },
      data: { status: Number(status), body: { said: expect.any(Object) } },
    });
  });

  it('takes the statuses for success that it is told to', async () => {
    const connection = await connect();
    expect(await run(connection, { path: '/status/404', successStatus: [200, 404] })).toMatchObject({ success: true });
    expect(await run(connection, { path: '/echo', successStatus: 201 })).toMatchObject({ success: false });
  });

  it.each([
    ['/malformed', 'The answer is not the JSON it is said to be', false],
    ['/nul', 'The answer contains the NUL character', false],
    ['/huge', 'The answer is larger than 10 MiB', false],
    ['/bomb', 'The answer is larger than 10 MiB', false],
    ['/slow', 'HOST: no answer within 300 ms', true],
    ['/drip', 'HOST: no answer within 300 ms', true],
    ['/redirect', 'More than 5 redirects', false],
    ['/redirect?to=ftp://127.0.0.1/', 'A redirect to ftp: is not followed', false],
  ])('does not take %s', async (path, message, retryable) => {
    const connection = await connect({ timeoutMs: /slow|drip/.test(path) ? 300 : 30_000 });
    expect(await get(connection, path)).toMatchObject({
      success: false,
      error: { message: message.replace('HOST', `127.0.0.1:${outside.port}`), retryable },
    });
  });

  it.each([
    ['cut', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort', 'closed before the answer was complete', true],
    ['chunks that end', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab', 'closed before', true],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n\r\n', 'the answer is not HTTP', false],
    ['silence', '', 'closed before the answer was complete', true],
    ['a wrong length', 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n', 'the answer is not HTTP', false],
    ['huge headers', `HTTP/1.1 200 OK\r\nX: ${'x'.repeat(100_000)}\r\n\r\n`, 'headers of the answer are too', false],
  ])('fails at an answer that is %s', async (_, text, message, retryable) => {
    raw = await rawServer(text);
    expect(await get(await connect({ baseUrl: raw.url }), '/')).toMatchObject({
      success: false,
      error: { message: expect.stringContaining(message), retryable },
    });
  });

  it('fails where nobody listens, so that it is tried again', async () => {
    const port = await freePort();
    expect(await get(await connect({ baseUrl: `http://127.0.0.1:${port}` }), '/')).toMatchObject({
      success: false,
      data: null,
      error: { message: `127.0.0.1:${port}: the connection was refused`, retryable: true },
    });
  });

  it('takes a body as far as its length says', async () => {
    raw = await rawServer('HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nabcdef');
    expect(await get(await connect({ baseUrl: raw.url }), '/')).toMatchObject({ success: true, data: { body: 'ab' } });
  });

  describe('redirects', () => {
    it('are followed, and take no credentials to another server', async () => {
      const other = await new OutsideHttp().start();
      const connection = await connect({
        headers: { 'X-Plain': 'here' },
        auth: { type: 'headers', headers: { 'X-Api-Key': 'only-for-this-one' } },
      });
      const same = await get(connection, '/redirect/302?to=/echo');
      expect(same.data.body.headers).toMatchObject({ 'x-api-key': 'only-for-this-one', 'x-plain': 'here' });
      const back = encodeURIComponent(`${outside.url}/echo`);
      const away = await get(
        connection,
        `/redirect/307?to=${encodeURIComponent(`${other.url}/redirect/302?to=${back}`)}`,
      );
      await other.stop();
      expect(away.success).toBe(true);
      // Not even when another sends it back here.
      for (const { headers } of [other.last, outside.last]) {
        expect(Object.keys(headers)).toEqual(expect.not.arrayContaining(['x-api-key', 'x-plain', 'authorization']));
      }
    });

    it('change a POST to GET where they should', async () => {
      const connection = await connect();
      const post = (path: string) => run(connection, { path, body: { a: 1 } }, { type: 'rest.post' });
      await post('/redirect/303?to=/echo');
      expect(outside.last).toMatchObject({ method: 'GET', body: '' });
      await post('/redirect/308?to=/echo');
      expect(outside.last).toMatchObject({ method: 'POST', body: '{"a":1}' });
    });

    it.each([
      ['http://169.254.169.254/latest/meta-data', '169.254.169.254', 'cloud metadata'],
      ['http://[::ffff:169.254.169.254]/', '::ffff:a9fe:a9fe', 'cloud metadata'],
      ['http://2852039166/', '169.254.169.254', 'cloud metadata'],
      ['http://0.0.0.0/', '0.0.0.0', 'unspecified'],
    ])('to %s are refused', async (to, address, rule) => {
      expect(await get(await connect(), `/redirect?to=${encodeURIComponent(to)}`)).toMatchObject({
        success: false,
        error: { message: `The address ${address} is refused: ${rule} addresses may not be reached`, retryable: false },
      });
    });
  });

  describe('credentials', () => {
    it.each([
      [{ type: 'apiKey', name: 'X-Key', value: 'k-123456' }, { 'x-key': 'k-123456' }],
      [{ type: 'basic', username: 'hub', password: 'pä:ss' }, { authorization: `Basic ${btoa('hub:pÃ¤:ss')}` }],
      [
        { type: 'headers', headers: { 'X-A': 'one', 'X-B': 'two' } },
        { 'x-a': 'one', 'x-b': 'two' },
      ],
    ])('are sent in headers: %j', async (auth, headers) => {
      const { data } = await get(await connect({ auth }), '/echo');
      expect(data.body.headers).toMatchObject(headers);
    });

    it('are sent in the query', async () => {
      const connection = await connect({ auth: { type: 'apiKey', in: 'query', name: 'key', value: 'a&b' } });
      expect((await get(connection, '/echo?x=1')).data.body.url).toBe('/echo?x=1&key=a%26b');
    });

    const oauth = (more: object = {}) => ({
      auth: {
        type: 'oauth2',
        tokenUrl: `${outside.url}/token`,
        clientId: 'hub',
        clientSecret: 'open:sesame',
        ...more,
      },
    });

    it.each(['header', 'body'])('are a token that is fetched once, by a client in the %s', async (where) => {
      const connection = await connect(oauth({ scope: 'read', clientAuthentication: where }));
      const before = outside.tokens.given;
      const results = await Promise.all([1, 2, 3].map(() => get(connection, '/guarded')));
      results.push(await get(connection, '/guarded'));
      expect(results.map(({ success }) => success)).toEqual([true, true, true, true]);
      expect(outside.tokens.given - before).toBe(1);
    });

    it('are fetched again when the token is refused, once', async () => {
      const connection = await connect(oauth());
      await get(connection, '/guarded');
      const given = outside.tokens.given;
      outside.tokens.valid.clear();
      expect(await get(connection, '/guarded')).toMatchObject({ success: true });
      expect(outside.tokens.given).toBe(given + 1);
      const asked = outside.received.length;
      const refused = await get(connection, '/status/401');
      expect(refused).toMatchObject({
        success: false,
        error: { message: 'The server answered 401', retryable: false },
      });
      // The call, a token, the call.
      expect(outside.received.slice(asked).map(({ url }) => url)).toEqual(['/status/401', '/token', '/status/401']);
      // What the server echoes of the token is masked.
      expect(JSON.stringify(refused)).not.toMatch(/issued-token/);
    });

    it('are fetched again before the token ends', async () => {
      outside.tokens.expiresIn = 1;
      const connection = await connect(oauth());
      const given = outside.tokens.given;
      await eventually(async () => {
        expect(await get(connection, '/guarded')).toMatchObject({ success: true });
        return outside.tokens.given - given > 1;
      });
      outside.tokens.expiresIn = 3_600;
    });

    it('that the token endpoint does not take fail the call', async () => {
      const connection = await connect(oauth({ clientSecret: 'wrong-secret' }));
      expect(await get(connection, '/guarded')).toMatchObject({
        success: false,
        error: { message: 'The token endpoint answered 401: invalid_client', retryable: false },
      });
    });
  });

  describe('TLS', () => {
    const ours = selfSigned('server');
    const client = selfSigned('client');
    let secure: OutsideHttp;

    beforeAll(async () => {
      secure = await new OutsideHttp({
        ...ours,
        ca: client.cert,
        requestCert: true,
        rejectUnauthorized: false,
      }).start();
    });

    afterAll(() => secure.stop());

    it.each([
      ['refuses a certificate that nobody vouches for', undefined, false],
      ['trusts one that it is given', { ca: ours.cert }, true],
      ['takes any where it is told to', { rejectUnauthorized: false }, true],
      ['refuses one of another', { ca: client.cert }, false],
      ['shows its own', { ca: ours.cert, cert: client.cert, key: client.key }, true],
    ])('%s', async (_, tls, success) => {
      const result = await get(await connect({ baseUrl: secure.url, ...(tls && { tls }) }), '/echo');
      expect(result.success).toBe(success);
      if (!success) {
        expect(result.error).toEqual({
          message: `127.0.0.1:${secure.port}: TLS failed: self-signed certificate (DEPTH_ZERO_SELF_SIGNED_CERT)`,
          retryable: false,
        });
      }
    });

    it('does not go from https to http', async () => {
      const connection = await connect({ baseUrl: secure.url, tls: { ca: ours.cert } });
      const to = encodeURIComponent(`${outside.url}/echo`);
      expect((await get(connection, `/redirect?to=${to}`)).error.message).toMatch(/^A redirect from https to http/);
    });
  });

  describe('a test of a connection', () => {
    const test = async (config: object) =>
      (await api.post(`/connections/${await connect(config)}/test`)).body.data as object;

    it.each([
      [{ healthPath: '/echo' }, { success: true, message: null }],
      // Nothing is at the base, but it answers.
      [{}, { success: true, message: null }],
      [{ healthPath: '/nothing' }, { success: false, message: 'The server answered 404' }],
      [{ healthPath: '/status/503' }, { success: false, message: 'The server answered 503' }],
      [{ baseUrl: 'http://169.254.169.254' }, { success: false, message: expect.stringContaining('cloud metadata') }],
      // Whoever could say that of a name may be silent.
      [
        { baseUrl: 'http://no-such-host.invalid' },
        { success: false, message: expect.stringMatching(/not known|no answer/) },
      ],
    ])('of %j answers %j', async (config, answer) => {
      expect(await test(config)).toMatchObject(answer);
    });
  });

  it('uses a session again, and opens another one when the connection has changed', async () => {
    const connection = await connect({ headers: { 'X-Version': 'one' } });
    expect((await get(connection, '/echo')).data.body.headers['x-version']).toBe('one');
    await api.patch(`/connections/${connection}`, {
      config: { baseUrl: outside.url, headers: { 'X-Version': 'two' } },
    });
    expect((await get(connection, '/echo')).data.body.headers['x-version']).toBe('two');
    await api.patch(`/connections/${connection}`, { enabled: false });
    const functions = await api.get(`/connections/${connection}/functions`);
    const [{ id }] = functions.body.data;
    expect(await api.post(`/connections/${connection}/functions/${id}/execute`, {})).toMatchObject({
      status: 409,
      body: { error: 'conflict', message: expect.stringMatching(/^Connection .* is disabled$/) },
    });
  });
});

describe('loopback addresses', () => {
  let app: TestApp;
  let outside: OutsideHttp;

  beforeAll(async () => {
    const settings = { HUB_OUTBOUND_LOOPBACK: 'false' };
    [app, outside] = await Promise.all([createTestApp({ settings }), new OutsideHttp().start()]);
  });

  afterAll(() => Promise.all([app.stop(), outside.stop()]));

  it.each(['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433'])(
    'are refused where they are not allowed: %s',
    async (host) => {
      const api = app.api(await app.newToken(ALL_SCOPES));
      const config = { baseUrl: `http://${host}:${outside.port}/echo` };
      const { id } = (await api.post('/connections', { name: newId(), protocol: 'rest', config })).body.data;
      const answer = await api.post(`/connections/${id}/test`);
      expect(answer.body.data).toMatchObject({
        success: false,
        message: expect.stringContaining('loopback addresses'),
      });
      expect(outside.received).toEqual([]);
    },
  );
});
