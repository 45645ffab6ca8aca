import { createTestApp, type TestApp } from '#testing';
import { exchange, type RawAnswer } from '../fuzz/raw-http';

/* What no client library would send, byte by byte. */

let app: TestApp;
let token: string;

beforeAll(async () => {
  app = await createTestApp({ settings: { HUB_SIGNIN_LIMIT: '0' } });
  token = await app.newToken(['uns:read', 'uns:write']);
});

// Whatever was sent, the others are served.
afterEach(async () => expect((await app.api(token).get('/uns/topics')).status).toBe(200));
afterAll(() => app.stop());

const port = (): number => app.config.http.port;

interface RawRequest {
  method?: string;
  path?: string;
  headers?: string[];
  body?: string;
}

/** `headers` are whole lines; those of a good caller come with them unless they are left out. */
function request({ method = 'GET', path = '/api/v1/uns/topics', headers = [], body = '' }: RawRequest): Buffer {
  const length = body ? [`Content-Length: ${Buffer.byteLength(body)}`] : [];
  const head = [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', 'Connection: close', ...headers, ...length];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`, 'latin1');
}

const authorization = (): string => `Authorization: Bearer ${token}`;
const organization = (): string => `X-Organization-ID: ${app.organizationId}`;

async function send(raw: RawRequest): Promise<RawAnswer> {
  const answer = await exchange(port(), request(raw), false);
  if (!answer) throw new Error('the connection was closed without an answer');
  return answer;
}

const INJECTED = 'X-Injected: yes';

const LINE_ENDS: [string, string][] = [
  ['CR and LF', '\r\n'],
  ['a bare CR', '\r'],
  ['a bare LF', '\n'],
  ['CR, LF and a space', '\r\n '],
  ['CR twice', '\r\r'],
  ['a NUL', '\0'],
  ['CR and LF, percent-encoded', '%0d%0a'],
  ['CR and LF, escaped', '\\r\\n'],
  ['CR and LF, as bytes that some cut to them', '\u010d\u010a'],
  ['NEL', '\x85'],
];

describe('a header with a line end in its value', () => {
  it.each(LINE_ENDS)('(%s) never becomes a header of the answer', async (_, lineEnd) => {
    for (const name of ['X-Request-ID', 'Idempotency-Key', 'If-Match', 'Accept', 'Origin', 'User-Agent']) {
      const answer = await send({
        headers: [authorization(), organization(), `${name}: abc${lineEnd}${INJECTED}`],
      });
      expect([name, answer.status]).toEqual([name, expect.any(Number)]);
      expect([200, 400]).toContain(answer.status);
      const told = [...answer.headers].map(([field, value]) => `${field}: ${value}`).join('\n');
      expect(told.toLowerCase()).not.toContain('x-injected');
    }
  });

  it.each(LINE_ENDS)('(%s) is no token and no organization', async (_, lineEnd) => {
    const asToken = await send({ headers: [`${authorization()}${lineEnd}x`, organization()] });
    expect([400, 401]).toContain(asToken.status);
    // Cut by the line end, the id stands alone and the rest is another line, which is no header.
    const asOrganization = await send({ headers: [authorization(), `${organization()}${lineEnd}x`] });
    expect([400, 422]).toContain(asOrganization.status);
  });

  it('(in a path) never becomes one either', async () => {
    for (const path of [
      '/api/v1/uns/topics/%0d%0aX-Injected:%20yes',
      '/swagger/%0d%0aX-Injected:yes',
      '/%0d%0aSet-Cookie:a=b',
    ]) {
      const answer = await send({ path, headers: [authorization(), organization()] });
      expect(answer.status).toBe(404);
      expect([...answer.headers.keys()]).not.toEqual(
        expect.arrayContaining([expect.stringMatching(/x-injected|set-cookie/)]),
      );
    }
  });

  it('(in the name of a new topic) never becomes one of its address', async () => {
    for (const topic of ['mHv1.0/a\r\nX-Injected: yes', 'mHv1.0/a%0d%0aX-Injected: yes']) {
      const headers = [authorization(), organization(), 'Content-Type: application/json'];
      const answer = await send({ method: 'POST', headers, body: JSON.stringify({ topic }) });
      expect([201, 400]).toContain(answer.status);
      expect(answer.headers.has('x-injected')).toBe(false);
    }
  });
});

describe('a request id', () => {
  it.each(['a b', '<script>', 'x'.repeat(129), '"', 'a;b', 'ä', ''])('such as %j is replaced', async (id) => {
    const { headers } = await send({ headers: [authorization(), organization(), `X-Request-ID: ${id}`] });
    expect(headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
  });

  it('that is given twice is replaced', async () => {
    const { headers } = await send({
      headers: [authorization(), organization(), 'X-Request-ID: a', 'X-Request-ID: b'],
    });
    expect(headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
  });
});

describe('too much', () => {
  it.each<[string, () => RawRequest]>([
    ['a header of 20 KB', () => ({ headers: [authorization(), organization(), `X-Long: ${'x'.repeat(20_000)}`] })],
    ['a header’s name of 20 KB', () => ({ headers: [authorization(), organization(), `${'x'.repeat(20_000)}: a`] })],
    ['a token of 20 KB', () => ({ headers: [`${authorization()}${'x'.repeat(20_000)}`, organization()] })],
    ['an address of 20 KB', () => ({ path: `/api/v1/uns/topics?search=${'x'.repeat(20_000)}` })],
    ['5,000 headers', () => ({ headers: Array.from({ length: 5_000 }, (_, index) => `X-${index}: y`) })],
  ])('%s is refused by the parser', async (_, make) => {
    expect((await send(make())).status).toBe(431);
  });

  it('10 MB of headers are not waited for', async () => {
    const headers = Array.from({ length: 1_000 }, (_, index) => `X-${index}: ${'y'.repeat(10_000)}`);
    // Whoever is still sending when the connection is reset may not get to read why.
    expect([431, undefined]).toContain((await exchange(port(), request({ headers }), false))?.status);
  });

  it('of small headers changes nothing', async () => {
    const many = Array.from({ length: 500 }, () => 'a: b');
    expect((await send({ headers: [authorization(), organization(), ...many] })).status).toBe(200);
  });
});

describe('a token', () => {
  it('that is given twice is none: what stands in front may have looked at the other one', async () => {
    const other = 'Authorization: Bearer mh_pat_x';
    for (const twice of [
      [authorization(), other],
      [other, authorization()],
      [authorization(), authorization()],
    ]) {
      const answer = await send({ headers: [...twice, organization()] });
      expect([answer.status, answer.body]).toEqual([401, '{"message":"missing or invalid token"}']);
    }
  });

  it('in a list of two is none', async () => {
    const answer = await send({ headers: [`${authorization()}, Bearer x`, organization()] });
    expect(answer.status).toBe(401);
  });

  it.each(['Basic', 'Token', 'DPoP', 'Bearer:', 'Negotiate'])('under %s is none', async (scheme) => {
    expect((await send({ headers: [`Authorization: ${scheme} ${token}`, organization()] })).status).toBe(401);
  });

  it('is taken from the header alone: elsewhere it ends up in logs, histories and foreign pages', async () => {
    const form = `access_token=${token}`;
    const elsewhere: RawRequest[] = [
      { path: `/api/v1/uns/topics?access_token=${token}` },
      { path: `/api/v1/uns/topics?token=${token}` },
      { path: `/api/v1/uns/topics?authorization=Bearer%20${token}` },
      { headers: [`Cookie: access_token=${token}; token=${token}; session=${token}`] },
      { headers: [`X-Authorization: Bearer ${token}`, `X-Api-Key: ${token}`, `Proxy-Authorization: Bearer ${token}`] },
      { method: 'POST', headers: ['Content-Type: application/x-www-form-urlencoded'], body: form },
      {
        method: 'POST',
        headers: ['Content-Type: application/json'],
        body: JSON.stringify({ access_token: token, topic: 'mHv1.0/a' }),
      },
    ];
    for (const { headers = [], ...raw } of elsewhere) {
      expect((await send({ ...raw, headers: [...headers, organization()] })).status).toBe(401);
    }
  });

  it('for two organizations is for none', async () => {
    const another = await app.newOrganization();
    for (const ids of [
      [app.organizationId, another],
      [app.organizationId, app.organizationId],
    ]) {
      const answer = await send({ headers: [authorization(), ...ids.map((id) => `X-Organization-ID: ${id}`)] });
      expect([answer.status, JSON.parse(answer.body).error]).toEqual([422, 'missing_organization']);
    }
  });
});
