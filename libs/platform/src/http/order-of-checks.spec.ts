import { Body, Controller, Get, Post } from '@nestjs/common';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { IsString } from 'class-validator';
import { OrganizationFree } from './access';
import { Answers, BodyLimit, Public, Scopes } from './routes';
import { ORGANIZATIONS, startHttp } from './test-http';

class Thing {
  @IsString()
  name!: string;
}

@Controller('things')
class ThingsController {
  @Post()
  @Scopes('uns:write')
  @BodyLimit(100)
  @Answers(Thing)
  create(@Body() thing: Thing): Thing {
    return thing;
  }

  @Get('own')
  @OrganizationFree()
  @Scopes('tokens:read')
  @Answers(Thing)
  own(): object {
    return {};
  }

  @Get('instance')
  @OrganizationFree()
  @Scopes('users:read')
  @Answers(Thing)
  instance(): object {
    return {};
  }

  @Get('open')
  @Public()
  @Answers(Thing)
  open(): object {
    return {};
  }

  @Get('forgotten')
  @Answers(Thing)
  forgotten(): object {
    return {};
  }
}

const { ours, strange, suspended, inMaintenance } = ORGANIZATIONS;
const TOO_LARGE = JSON.stringify({ name: 'x'.repeat(200) });

interface Call {
  token?: string;
  organization?: string;
  body?: string;
}

describe('the order of checks', () => {
  let app: NestExpressApplication;

  afterEach(() => {
    jest.useRealTimers();
    return app.close();
  });

  const start = async (settings = {}): Promise<void> => {
    app = await startHttp([ThingsController], settings);
  };

  const headersOf = ({ token, organization }: Call): Record<string, string> => ({
    'Content-Type': 'application/json',
    ...(token !== undefined && { Authorization: `Bearer ${token}` }),
    ...(organization !== undefined && { 'X-Organization-ID': organization }),
  });

  const post = async (call: Call): Promise<Response> =>
    fetch(`${await app.getUrl()}/things`, { method: 'POST', headers: headersOf(call), body: call.body });

  const get = async (path: string, call: Call = {}): Promise<Response> =>
    fetch(`${await app.getUrl()}/things/${path}`, { headers: headersOf(call) });

  // Each call is wrong in all that comes after as well.
  it.each<[string, number, string | undefined, Call]>([
    ['no token', 401, undefined, { body: TOO_LARGE }],
    ['a token that is none', 401, undefined, { token: 'x', organization: strange, body: TOO_LARGE }],
    ['no organization', 422, 'missing_organization', { token: 'viewer', body: TOO_LARGE }],
    ['an id that is none', 422, 'missing_organization', { token: 'viewer', organization: 'x', body: TOO_LARGE }],
    ['two ids', 422, 'missing_organization', { token: 'viewer', organization: `${ours}, ${ours}`, body: TOO_LARGE }],
    ['no member', 403, 'forbidden', { token: 'viewer', organization: strange, body: TOO_LARGE }],
    ['suspended', 403, 'organization_suspended', { token: 'viewer', organization: suspended, body: TOO_LARGE }],
    ['in maintenance', 503, 'maintenance', { token: 'viewer', organization: inMaintenance, body: TOO_LARGE }],
    ['no scope', 403, 'insufficient_scope', { token: 'viewer.uns_read', organization: ours, body: TOO_LARGE }],
    ['no role', 403, 'forbidden', { token: 'viewer.uns_write', organization: ours, body: TOO_LARGE }],
    ['too large', 413, 'payload_too_large', { token: 'editor.uns_write', organization: ours, body: TOO_LARGE }],
    ['no JSON', 400, 'bad_request', { token: 'editor.uns_write', organization: ours, body: '{' }],
    ['wrong field', 400, 'bad_request', { token: 'editor.uns_write', organization: ours, body: '{"name":1}' }],
  ])('%s: %s', async (_, status, error, call) => {
    await start();
    const answer = await post(call);
    const body = (await answer.json()) as { error?: string };
    expect([answer.status, body.error]).toEqual([status, error]);
    expect(answer.headers.get('retry-after')).toBe(status === 503 ? '60' : null);
    expect(answer.headers.get('x-request-id')).toBeTruthy();
  });

  it('lets pass what is right in all of it', async () => {
    await start();
    const call = { token: 'editor.pipelines_read+uns_write', organization: ours.toUpperCase(), body: '{"name":"a"}' };
    const answer = await post(call);
    expect([answer.status, await answer.json()]).toEqual([200, { data: { name: 'a' } }]);
  });

  it('counts a credential’s requests after its rights and before the body', async () => {
    // Of one second, which does not end here.
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    await start({ HUB_RATE_LIMIT: '1' });
    const call = { token: 'editor.uns_write.c1', organization: ours, body: TOO_LARGE };
    const refused = { ...call, token: 'viewer.uns_write.c1' };
    const statuses = await Promise.all([call, call, call, refused].map(async (one) => (await post(one)).status));
    expect(statuses.slice(0, 3).sort()).toEqual([413, 429, 429]);
    expect(statuses[3]).toBe(403);
  });

  it('holds up an address that was refused too often before everything else, open routes too', async () => {
    await start({ HUB_SIGNIN_LIMIT: '2' });
    expect((await get('open')).status).toBe(200);
    for (let i = 0; i < 2; i++) expect((await get('own', { token: 'x' })).status).toBe(401);
    for (const call of [{}, { token: 'viewer.tokens_read' }]) {
      const answer = await get('own', call);
      expect([answer.status, Number(answer.headers.get('retry-after')) > 0]).toEqual([429, true]);
    }
    expect((await get('open')).status).toBe(429);
  });

  it('names the scope that is missing, and nobody’s rights at 401', async () => {
    await start();
    const forbidden = await post({ token: 'editor.uns_read', organization: ours, body: '{}' });
    expect(forbidden.headers.get('www-authenticate')).toBe('Bearer error="insufficient_scope", scope="uns:write"');
    const unknown = await post({ body: '{}' });
    expect(unknown.headers.get('www-authenticate')).toBe('Bearer');
    expect(await unknown.json()).toEqual({ message: 'missing or invalid token' });
  });

  it.each([
    ['own', 'viewer.tokens_read', 200],
    ['own', 'viewer.uns_read', 403],
    ['instance', 'admin.users_read', 403],
    ['forgotten', 'admin.uns_read', 422],
    ['open', 'x', 200],
  ])('%s for %s outside any organization: %s', async (path, token, status) => {
    await start();
    expect((await get(path, { token })).status).toBe(status);
  });

  it('lets nobody onto a route without a rule', async () => {
    await start();
    expect((await get('forgotten', { token: 'admin.uns_read', organization: ours })).status).toBe(403);
  });

  it.each([
    ['Bearer  viewer.tokens_read', 200],
    ['bearer viewer.tokens_read', 200],
    ['viewer.tokens_read', 401],
    ['Basic viewer.tokens_read', 401],
    ['Bearer', 401],
    ['Bearer viewer.tokens_read x', 401],
    ['Bearer viewer.tokens_read, Bearer viewer.tokens_read', 401],
  ])('Authorization: %s: %s', async (authorization, status) => {
    await start();
    const address = `${await app.getUrl()}/things/own`;
    expect((await fetch(address, { headers: { Authorization: authorization } })).status).toBe(status);
    expect((await fetch(`${address}?access_token=viewer.tokens_read`)).status).toBe(401);
  });
});
