import { newId } from '#kernel';
import { createTestApp, eventually, type Answer, type TestApp } from '#testing';
import { importJWK, SignJWT, type JWTPayload } from 'jose';
import { SigningKeys } from '../../../libs/identity/src/oauth/signing-keys';

/*
 * The published REST guide, line by line: what it shows is what a caller gets, with no member more or less.
 */

const SCOPES = 'uns:read uns:write uns:publish pipelines:read connectors:read';
const FORM = { 'Content-Type': 'application/x-www-form-urlencoded' };
const JSON_BODY = { 'Content-Type': 'application/json' };

const NUMBER = `{
"topic": "mHv1.0/factory/line-1/temperature",
"source": "plc-01",
"value": 72.5
}`;

const OBJECT = `{
"topic": "mHv1.0/factory/line-1/motor",
"source": "plc-01",
"value": {
"temperature": 72.5,
"rpm": 1450,
"status": "running"
}
}`;

interface Client {
  clientId: string;
  clientSecret: string;
}

describe('the REST guide', () => {
  let app: TestApp;
  let client: Client;
  let token: string;

  beforeAll(async () => {
    app = await createTestApp();
    client = await newClient();
    token = (await requestToken(SCOPES)).body.access_token;
  });

  afterAll(() => app.stop());

  async function newClient(): Promise<Client> {
    const { id: serviceUserId } = await app.newUser('editor');
    const answer = await app.api(await app.signIn()).post('/oauth2/clients', {
      name: 'ERP sync',
      type: 'confidential',
      grantTypes: ['client_credentials'],
      redirectUris: [],
      scopes: SCOPES.split(' '),
      serviceUserId,
    });
    expect(answer.status).toBe(201);
    return answer.body.data;
  }

  /** As curl sends repeated `-d`: joined by `&`, nothing encoded. */
  const requestToken = (scope: string): Promise<Answer> =>
    app.stranger.post(
      '/oauth2/token',
      [
        'grant_type=client_credentials',
        `client_id=${client.clientId}`,
        `client_secret=${client.clientSecret}`,
        `scope=${scope}`,
      ].join('&'),
      FORM,
    );

  const publish = (body: string, bearer = token): Promise<Answer> =>
    app.api(bearer).post('/uns/data/publish', body, JSON_BODY);

  const publishAs = (authorization: string | undefined): Promise<Answer> =>
    app.stranger.post('/uns/data/publish', NUMBER, {
      'X-Organization-ID': app.organizationId,
      ...(authorization !== undefined && { Authorization: authorization }),
    });

  describe('obtaining a token', () => {
    it('answers the four members of client credentials', async () => {
      const { status, headers, body } = await requestToken(SCOPES);
      expect(status).toBe(200);
      expect(body).toEqual({
        access_token: expect.stringMatching(/^eyJhbGciOiJSUzI1NiIs[\w-]+\.[\w-]+\.[\w-]+$/),
        token_type: 'bearer',
        expires_in: 3600,
        scope: SCOPES,
      });
      expect(headers.get('content-type')).toMatch(/^application\/json/);
      expect(headers.get('cache-control')).toContain('no-store');
    });

    it('gives the scopes that were asked for', async () => {
      const { body } = await requestToken('uns:read');
      expect(body).toEqual({
        access_token: expect.any(String),
        token_type: 'bearer',
        expires_in: 3600,
        scope: 'uns:read',
      });
    });
  });

  describe('publishing data', () => {
    it.each([
      ['a number', NUMBER],
      ['an object', OBJECT],
    ])('answers %s with the message alone', async (_, body) => {
      const answer = await publish(body);
      expect(answer.status).toBe(200);
      expect(answer.text).toBe('{"data":{"message":"Data published successfully"}}');
      expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    });

    it('makes the topic and its parents, and gives the data back', async () => {
      await publish(OBJECT);
      const topics = await app.api(token).get('/uns/topics');
      const paths = topics.body.data.map(({ topic }: { topic: string }) => topic);
      expect(paths).toEqual(
        expect.arrayContaining(['mHv1.0/factory', 'mHv1.0/factory/line-1', 'mHv1.0/factory/line-1/motor']),
      );

      const recent = await app.api(token).get('/uns/data/recent?topic=mHv1.0/factory/line-1/motor&limit=1');
      expect(recent.status).toBe(200);
      expect(recent.body.data).toEqual([
        {
          topic: 'mHv1.0/factory/line-1/motor',
          value: { temperature: 72.5, rpm: 1450, status: 'running' },
          source: 'plc-01',
          timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
          receivedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
          quality: 'good',
        },
      ]);
    });
  });

  describe('a personal access token', () => {
    it('is used like any other', async () => {
      const pat = await app.newToken(['uns:read'], await app.newUser('viewer'));
      const { status, body } = await app.api(pat).get('/uns/topics');
      expect(status).toBe(200);
      expect(body).toEqual({ data: expect.any(Array), meta: { page: 1, limit: 25, total: expect.any(Number) } });
    });

    it.each([
      ['missing', undefined],
      ['no id', 'factory'],
      ['empty', ''],
    ])('needs the organization: %s', async (_, organizationId) => {
      const pat = await app.newToken(['uns:read']);
      const { status, body } = await app.stranger.get('/uns/topics', {
        Authorization: `Bearer ${pat}`,
        ...(organizationId !== undefined && { 'X-Organization-ID': organizationId }),
      });
      expect(status).toBe(422);
      expect(body).toEqual({
        error: 'missing_organization',
        message: 'Personal Access Token requests require the X-Organization-ID header',
      });
    });
  });

  describe('401', () => {
    const unauthorized = ({ status, headers, body }: Answer): void => {
      expect(status).toBe(401);
      expect(body).toEqual({ message: 'missing or invalid token' });
      expect(headers.get('www-authenticate')).toMatch(/^Bearer/);
    };

    it.each([
      ['no header', undefined],
      ['no token', 'Bearer '],
      ['garbage', 'Bearer garbage'],
      ['another scheme', 'Basic dXNlcjpwYXNz'],
      ['an unknown personal access token', `Bearer mh_pat_${'a'.repeat(43)}`],
      ['an unsigned token', 'Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.'],
    ])('%s', async (_, authorization) => {
      unauthorized(await publishAs(authorization));
    });

    it('a bad signature', async () => {
      const [header, payload, signature] = token.split('.') as [string, string, string];
      const forged = (signature.startsWith('A') ? 'B' : 'A') + signature.slice(1);
      unauthorized(await publishAs(`Bearer ${header}.${payload}.${forged}`));
    });

    it('an expired token, well signed', async () => {
      const [key] = await app.nest.get(SigningKeys, { strict: false }).all();
      const parts = token.split('.').map((part) => Buffer.from(part, 'base64url').toString());
      const header = JSON.parse(parts[0]!) as { alg: string };
      const claims = JSON.parse(parts[1]!) as JWTPayload;
      const sign = async (exp: number): Promise<string> =>
        new SignJWT({ ...claims, exp }).setProtectedHeader(header).sign(await importJWK(key!));
      const now = Math.floor(Date.now() / 1000);
      expect((await publishAs(`Bearer ${await sign(now + 60)}`)).status).toBe(200);
      unauthorized(await publishAs(`Bearer ${await sign(now - 60)}`));
    });

    it('an expired personal access token', async () => {
      const user = await app.newUser('editor');
      const pat = `Bearer ${await app.newToken(['uns:publish'], user)}`;
      expect((await publishAs(pat)).status).toBe(200);
      await app.database.asSystem((manager) =>
        manager.query(`UPDATE access_tokens SET expires_at = now() - interval '1 second' WHERE user_id = $1`, [
          user.id,
        ]),
      );
      const answer = await eventually(async () => {
        const answer = await publishAs(pat);
        return answer.status !== 200 && answer;
      });
      unauthorized(answer);
    });

    it('a changed payload', async () => {
      const [header, payload, signature] = token.split('.') as [string, string, string];
      const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as { exp: number };
      const longer = Buffer.from(JSON.stringify({ ...claims, exp: claims.exp + 3600 })).toString('base64url');
      unauthorized(await publishAs(`Bearer ${header}.${longer}.${signature}`));
    });
  });

  it('403: a token with uns:read alone cannot publish', async () => {
    const reader = (await requestToken('uns:read')).body.access_token;
    const { status, body, headers } = await publish(NUMBER, reader);
    expect(status).toBe(403);
    expect(body).toEqual({
      error: 'insufficient_scope',
      message: 'Token does not have the required scope for this action',
    });
    expect(headers.get('www-authenticate')).toContain('uns:publish');
  });

  describe('400', () => {
    it('a missing required field', async () => {
      const { status, body } = await publish('{"source": "plc-01", "value": 72.5}');
      expect(status).toBe(400);
      expect(body).toEqual({ error: 'bad_request', message: 'Topic is required' });
    });

    it('a topic without the version prefix', async () => {
      const { status, body } = await publish('{"topic": "factory/line-1", "value": 72.5}');
      expect(status).toBe(400);
      expect(body).toEqual({ error: 'bad_request', message: 'Topic must start with mHv1.0/' });
    });

    it.each(['{"topic": "mHv1.0/factory"', '{topic: 1}', "{'topic': 1}", '72.5,', 'NaN', '\uFEFF{}x'])(
      'invalid JSON: %s',
      async (text) => {
        const { status, body } = await publish(text);
        expect(status).toBe(400);
        expect(body).toEqual({ error: 'bad_request', message: 'Body is not valid JSON' });
      },
    );
  });

  it('404: a topic that does not exist', async () => {
    const { status, body } = await app.api(token).get(`/uns/data/recent?topic=mHv1.0/${newId()}`);
    expect(status).toBe(404);
    expect(body).toEqual({ error: 'not_found', message: 'Topic not found' });
  });
});
