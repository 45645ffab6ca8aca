import { createHmac, generateKeyPairSync, sign } from 'node:crypto';
import { CompanyAccounts } from '../../../libs/identity/src/identity-providers/company-accounts';
import { createTestApp, eventuallyPasses, type Page, type TestApp, type TestUser } from '#testing';
import { Company, CompanyFlow } from './company-provider';
import { CALLBACK } from './authorization-flow';

const text = (page: Page): string => page.text.replace(/<style>.*?<\/style>|<[^>]+>/gs, ' ').replace(/\s+/g, ' ');

describe('signing in through a company', () => {
  let app: TestApp;
  let flow: CompanyFlow;
  let second: TestApp | undefined;
  const company = new Company();

  beforeAll(async () => {
    [app] = await Promise.all([createTestApp({ settings: { HUB_SIGNIN_LIMIT: '0' } }), company.start()]);
    flow = new CompanyFlow(app);
    await flow.prepare();
  });
  afterAll(async () => {
    await second?.stop();
    await Promise.all([app.stop(), company.stop()]);
  });

  /** Somebody the company knows well. */
  const employ = (name: string, over: object = {}): string => {
    const email = `${name}@acme.example`;
    company.person = {
      sub: `subject-of-${name}`,
      email,
      email_verified: true,
      given_name: 'Ada',
      family_name: 'L',
      ...over,
    };
    return email;
  };

  const userOf = async (email: string): Promise<{ id: string } | undefined> => {
    const rows = await app.database.asSystem((manager) =>
      manager.query<{ id: string }[]>('SELECT * FROM users WHERE email = $1', [email]),
    );
    return rows[0];
  };

  /** The last thing that was refused, as it stands in the trail. */
  const expectRefused = (reason: string): Promise<void> =>
    eventuallyPasses(async () => {
      const rows = await app.database.asSystem((manager) =>
        manager.query(`SELECT reason FROM audit_entries WHERE result = 'refused' ORDER BY id DESC LIMIT 1`),
      );
      expect(rows).toEqual([{ reason: expect.stringContaining(reason) }]);
    });

  const expectSentOn = (page: Page): void => {
    if (page.text.includes('/consent"')) return;
    expect([page.status, page.headers.get('location')]).toEqual([303, expect.stringContaining(`${CALLBACK}?code=`)]);
  };

  const withEmail = async (email: string): Promise<TestUser> => {
    const user = await app.newUser('viewer');
    await app.database.asSystem((manager) =>
      manager.query('UPDATE users SET email = $2 WHERE id = $1', [user.id, email]),
    );
    return { ...user, email };
  };

  describe('links and creates users', () => {
    it('links a user with the same verified address, and gives tokens that work', async () => {
      const { slug } = await flow.setUp(company);
      const user = await withEmail(employ('linked'));
      const profile = (await app.api(await flow.tokens(slug)).get('/auth/me')).body.data;
      expect(profile).toMatchObject({ user: { id: user.id, email: user.email }, organizations: [{ role: 'viewer' }] });
      // The password goes on working.
      await app.signIn(user);
      // From then on the subject counts, whatever address the company has for it.
      company.person = { sub: 'subject-of-linked', email: 'new@elsewhere.example', email_verified: false };
      const again = (await app.api(await flow.tokens(slug)).get('/auth/me')).body.data;
      expect(again.user).toEqual(profile.user);
    });

    it('creates a user where the provider may, without a password', async () => {
      const { slug } = await flow.setUp(company, { createUsers: true });
      const email = employ('created', { email: 'Created@ACME.example' });
      const { user, organizations } = (await app.api(await flow.tokens(slug)).get('/auth/me')).body.data;
      expect(user).toMatchObject({ email, firstName: 'Ada', lastName: 'L', systemAdmin: false });
      expect(organizations).toEqual([]);
      expect((await app.stranger.post('/auth/login', { email, password: '' })).status).toBe(400);
      expect((await app.stranger.post('/auth/login', { email, password: 'x' })).status).toBe(401);
      await eventuallyPasses(async () => {
        const rows = await app.database.asSystem((manager) =>
          manager.query('SELECT action FROM audit_entries WHERE user_id = $1 AND result = $2 ORDER BY id', [
            user.id,
            'done',
          ]),
        );
        const actions = rows.map(({ action }: { action: string }) => action);
        expect(actions.slice(0, 3)).toEqual(['user.create', 'user.link', 'sign-in.complete']);
      });
    });

    it('creates one user for somebody who comes twice at once', async () => {
      const { slug } = await flow.setUp(company, { createUsers: true });
      const email = employ('twice');
      const pages = await Promise.all([flow.signIn(slug), flow.signIn(slug), flow.signIn(slug)]);
      pages.forEach(expectSentOn);
      const [{ count }] = await app.database.asSystem((manager) =>
        manager.query('SELECT count(*)::int FROM users WHERE email = $1', [email]),
      );
      expect(count).toBe(1);
    });

    it('asks userinfo for what the ID token does not say', async () => {
      const { slug } = await flow.setUp(company, { createUsers: true });
      company.person = { sub: 'subject-of-told' };
      company.userinfo((answer) => {
        answer.body = { sub: 'subject-of-told', email: 'told@acme.example', email_verified: true, name: 'To Ld' };
      });
      expectSentOn(await flow.signIn(slug));
      expect(await userOf('told@acme.example')).toMatchObject({ first_name: 'To', last_name: 'Ld' });
    });

    it('refuses what userinfo says of somebody else', async () => {
      const { slug } = await flow.setUp(company, { createUsers: true });
      company.person = { sub: 'subject-of-me' };
      company.userinfo((answer) => {
        answer.body = { sub: 'other', email: 'other@acme.example', email_verified: true };
      });
      expect(text(await flow.signIn(slug))).toContain('tells of another user than it signed in');
      expect(await userOf('other@acme.example')).toBeUndefined();
    });

    it.each<[string, object, object, string, string]>([
      ['an address that is not verified', { email_verified: false }, {}, 'has not verified', 'not verified'],
      ['an address nobody vouches for', { email_verified: undefined }, {}, 'has not verified', 'not verified'],
      ['an address of a foreign domain', { email: 'a@evil.example' }, {}, 'a@evil.example', 'none of its domains'],
      ['an address of a subdomain', { email: 'a@x.acme.example' }, {}, 'a@x.acme.example', 'none of its domains'],
      ['anybody without domains', {}, { domains: [] }, 'refused@acme.example', 'none of its domains'],
      ['somebody unknown', {}, { createUsers: false }, 'There is no account', 'unknown user'],
    ])('refuses %s', async (_, person, provider, message, reason) => {
      const { slug } = await flow.setUp(company, { createUsers: true, ...provider });
      const email = employ('refused', person);
      const page = await flow.signIn(slug);
      expect(page.status).toBe(403);
      expect(text(page)).toContain(message);
      expect(page.text).toMatch(/href="\/api\/v1\/oauth2\/interaction\/[\w-]+"/);
      await expectRefused(reason);
      expect(await userOf(email)).toBeUndefined();
    });

    it.each(['email_verified: false', 'a foreign domain'])('never links an existing user by %s', async (what) => {
      const { slug } = await flow.setUp(company, { createUsers: true, domains: ['other.example'] });
      const person = what === 'a foreign domain' ? {} : { email: 'victim@other.example', email_verified: false };
      const user = await withEmail(`victim@${what === 'a foreign domain' ? 'acme' : 'other'}.example`);
      employ('victim', person);
      expect((await flow.signIn(slug)).status).toBe(403);
      const links = await app.database.asSystem((manager) =>
        manager.query('SELECT 1 FROM identity_provider_links WHERE user_id = $1', [user.id]),
      );
      expect(links).toEqual([]);
    });

    it.each([`status = 'locked'`, `status = 'inactive'`, 'deleted_at = now()'])(
      'refuses a user with %s, at the first sign-in and later',
      async (change) => {
        const { slug } = await flow.setUp(company, { createUsers: true });
        const name = `gone-${change.replace(/\W+/g, '-')}`;
        const block = (id: string, set: string) =>
          app.database.asSystem((manager) => manager.query(`UPDATE users SET ${set} WHERE id = $1`, [id]));
        const first = await withEmail(employ(`${name}-first`));
        await block(first.id, change);
        expect(text(await flow.signIn(slug))).toContain('Your account here is not active');
        await expectRefused('user is ');
        const email = employ(`${name}-later`);
        expectSentOn(await flow.signIn(slug));
        await block((await userOf(email))!.id, change);
        expect((await flow.signIn(slug)).status).toBe(403);
      },
    );

    it('refuses a second person with the address of the first', async () => {
      const { slug } = await flow.setUp(company, { createUsers: true });
      employ('reused');
      expectSentOn(await flow.signIn(slug));
      employ('reused', { sub: 'somebody-new' });
      expect(text(await flow.signIn(slug))).toContain('linked to somebody else');
    });
  });

  describe('refuses ID tokens', () => {
    const soon = (seconds: number): number => Math.floor(Date.now() / 1000) + seconds;

    it.each<[string, Parameters<Company['forge']>[0], string]>([
      ['of another sign-in', ({ payload }) => void (payload.nonce = 'other'), 'nonce'],
      [
        'without a nonce',
        ({ payload }) => {
          delete payload.nonce;
        },
        'nonce',
      ],
      ['for another client', ({ payload }) => void (payload.aud = 'other'), 'aud'],
      ['for several clients', ({ payload }) => void (payload.aud = ['hub-at-company', 'other']), 'azp'],
      ['made for another client', ({ payload }) => void (payload.azp = 'other'), 'azp'],
      ['of another issuer', ({ payload }) => void (payload.iss = 'https://evil.example'), 'iss'],
      ['that are over', ({ payload }) => void Object.assign(payload, { exp: soon(-120) }), 'exp'],
      [
        'that never end',
        ({ payload }) => {
          delete (payload as Record<string, unknown>).exp;
        },
        'exp',
      ],
      ['from long ago', ({ payload }) => void Object.assign(payload, { iat: soon(-3_600) }), 'iat'],
      ['that are not valid yet', ({ payload }) => void Object.assign(payload, { nbf: soon(3_600) }), 'nbf'],
      ['without a subject', ({ payload }) => void (payload.sub = ''), 'subject'],
      ['with a subject no column can hold', ({ payload }) => void (payload.sub = 'a\u0000b'), 'subject'],
    ])('%s', async (_, forge, reason) => {
      const { slug } = await flow.setUp(company, { createUsers: true });
      const email = employ('forged');
      company.forge(forge);
      const answer = await flow.signIn(slug);
      expect([answer.status, text(answer)]).toEqual([403, expect.stringContaining('You are not signed in')]);
      await expectRefused(reason);
      expect(await userOf(email)).toBeUndefined();
    });

    const encode = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
    const [rsa, secret] = [generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey, 'the company’s secret'];

    it.each<[string, (header: string, payload: string) => unknown, string]>([
      ['without a signature', (_, payload) => `${encode({ alg: 'none' })}.${payload}.`, 'alg'],
      [
        'signed with what we know too',
        (_, payload) => {
          const signed = `${encode({ alg: 'HS256' })}.${payload}`;
          return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
        },
        'alg',
      ],
      [
        'signed by somebody else',
        (header, payload) => {
          const signed = `${header}.${payload}`;
          return `${signed}.${sign('sha256', Buffer.from(signed), rsa).toString('base64url')}`;
        },
        'signature',
      ],
      ['signed with a key nobody knows', (_, payload) => `${encode({ alg: 'RS256', kid: 'x' })}.${payload}.eA`, 'key'],
      ['that are none', () => 'a.b.c', 'does not hold'],
      ['that are missing', () => undefined, 'no usable ID token'],
      ['that are no text', () => ({}), 'no usable ID token'],
    ])('%s', async (_, forge, reason) => {
      const { slug } = await flow.setUp(company, { createUsers: true });
      const email = employ('unsigned');
      company.answer(({ body }) => {
        const [header, payload] = (body.id_token as string).split('.') as [string, string];
        body.id_token = forge(header, payload);
      });
      expect((await flow.signIn(slug)).status).toBe(403);
      await expectRefused(reason);
      expect(await userOf(email)).toBeUndefined();
    });
  });

  describe('ties the answer to the browser that left', () => {
    it('by PKCE, a state and a nonce, with the secret in the form alone', async () => {
      const { slug } = await flow.setUp(company, { createUsers: true });
      employ('polite');
      const browser = flow.flow.browser();
      const left = await flow.leave(slug, browser);
      const sent = new URL(left.headers.get('location')!).searchParams;
      expect(Object.fromEntries(sent)).toEqual({
        response_type: 'code',
        client_id: 'hub-at-company',
        redirect_uri: `${app.url}/api/v1/auth/oidc/callback/${slug}`,
        scope: 'openid profile email',
        state: expect.stringMatching(/^[0-9A-Za-z]{43}$/),
        nonce: expect.stringMatching(/^[0-9A-Za-z]{43}$/),
        code_challenge: expect.stringMatching(/^[\w-]{43}$/),
        code_challenge_method: 'S256',
      });
      expect(left.headers.getSetCookie()).toEqual([
        expect.stringMatching(
          /^hub_oidc_\w+=\w{43}; Max-Age=600; Path=\/api\/v1\/auth\/oidc; .*HttpOnly; SameSite=Lax$/,
        ),
      ]);
      expectSentOn(await browser.open(await flow.atCompany(left)));
      expect(company.tokenRequests.at(-1)!.body).toMatchObject({
        grant_type: 'authorization_code',
        client_secret: 'the company’s secret',
        code_verifier: expect.stringMatching(/^[\w-]{43}$/),
      });
    });

    it('takes a state once', async () => {
      const { slug } = await flow.setUp(company, { createUsers: true });
      employ('replayed');
      const browser = flow.flow.browser();
      const left = await flow.leave(slug, browser);
      const cookie = browser.cookieHeader(`${app.url}/api/v1/auth/oidc/callback/${slug}`);
      const back = await flow.atCompany(left);
      const open = () => fetch(back, { headers: { Cookie: cookie, Accept: 'text/html' }, redirect: 'manual' });
      const answers = await Promise.all([open(), open(), open()]);
      expect(answers.filter(({ status }) => status === 303)).toHaveLength(1);
      expect((await open()).status).toBe(400);
      await expectRefused('nobody waits for this state');
    });

    it('refuses another browser, and the callback of another provider', async () => {
      const [one, other] = [await flow.setUp(company), await flow.setUp(company)];
      await withEmail(employ('bound'));
      const browser = flow.flow.browser();
      const back = await flow.atCompany(await flow.leave(one.slug, browser));
      const stranger = flow.flow.browser();
      await flow.leave(one.slug, stranger);
      expect((await stranger.open(back)).status).toBe(400);
      const elsewhere = await browser.open(back.replace(one.slug, other.slug));
      expect([elsewhere.status, text(elsewhere)]).toEqual([400, expect.stringContaining('started in another browser')]);
      // Neither of them has spoilt it for the one who left.
      expectSentOn(await browser.open(back));
    });

    it('refuses an answer of another issuer (RFC 9207)', async () => {
      const { slug } = await flow.setUp(company, { createUsers: true });
      employ('mixed-up');
      company.redirect(({ url }) => url.searchParams.set('iss', 'https://evil.example'));
      expect((await flow.signIn(slug)).status).toBe(403);
      await expectRefused('another issuer (iss)');
      company.redirect(({ url }) => url.searchParams.set('iss', company.issuer));
      expectSentOn(await flow.signIn(slug));
    });

    it('refuses a state that is over, and answers that nobody asked for', async () => {
      const { slug } = await flow.setUp(company);
      const browser = flow.flow.browser();
      const back = await flow.atCompany(await flow.leave(slug, browser));
      await app.database.asSystem((manager) =>
        manager.query('UPDATE identity_provider_sign_ins SET expires_at = now()'),
      );
      expect((await browser.open(back)).status).toBe(400);
      const callback = `/auth/oidc/callback/${slug}`;
      for (const query of [
        '',
        '?code=x',
        '?state=x&code=y',
        '?state=a&state=b',
        '?error=access_denied',
        '?state[a]=b',
      ]) {
        expect((await app.stranger.get(callback + query)).status).toBe(400);
      }
    });

    it('starts nothing without an interaction, and nothing odd with one', async () => {
      const { slug } = await flow.setUp(company);
      const start = `/auth/oidc/${slug}/start`;
      for (const query of ['', '?interaction=x', '?interaction=a&interaction=b', `?interaction=${'x'.repeat(30)}`]) {
        expect((await app.stranger.get(start + query)).status).toBe(404);
      }
      const browser = flow.flow.browser();
      const page = await browser.open(
        (await flow.leave(slug, browser)).url.replace('/start?', '/start?code=x&error=access_denied&'),
      );
      expect(page.status).toBe(403);
      expect(page.headers.get('location')).toBeNull();
    });
  });

  describe('tells of trouble at the company', () => {
    it('where the person declines there, and leads back to the sign-in page', async () => {
      const { slug, name } = await flow.setUp(company);
      company.redirect(({ url }) => {
        url.searchParams.delete('code');
        url.searchParams.set('error', 'access_denied');
      });
      const browser = flow.flow.browser();
      const page = await browser.open(await flow.atCompany(await flow.leave(slug, browser)));
      expect(text(page)).toContain(`${name} did not sign you in: it refuses with access_denied.`);
      const back = /href="(\/api\/v1\/oauth2\/interaction\/[\w-]+)"/.exec(page.text)![1]!;
      expect((await browser.open(app.url + back)).text).toContain('type="password"');
    });

    it('where the token endpoint refuses, fails or gives nonsense', async () => {
      const { slug } = await flow.setUp(company);
      const user = await withEmail(employ('trouble'));
      for (const [change, status, reason] of [
        [{ statusCode: 400, body: { error: 'invalid_grant' } }, 403, 'invalid_grant'],
        [{ statusCode: 502, body: {} }, 503, 'answers 502'],
        [{ body: {} }, 403, 'no access token'],
        [{ body: [] }, 403, 'no JSON object'],
      ] as const) {
        company.answer((answer) => void Object.assign(answer, change));
        const page = await flow.signIn(slug);
        expect([page.status, text(page)]).toEqual([status, expect.stringContaining('You are not signed in')]);
        await expectRefused(reason);
      }
      const [row] = await app.database.asSystem((manager) =>
        manager.query('SELECT last_login_at FROM users WHERE id = $1', [user.id]),
      );
      expect(row).toEqual({ last_login_at: null });
    });

    it('where it is down: the page says so, and nothing has changed', async () => {
      const gone = new Company();
      await gone.start();
      const { slug, id, name } = await flow.setUp(gone, { createUsers: true });
      const browser = flow.flow.browser();
      const back = await flow.atCompany(await flow.leave(slug, browser));
      await gone.stop();
      const page = await browser.open(back);
      expect([page.status, text(page)]).toEqual([
        503,
        expect.stringContaining(`${name} does not answer at the moment. Try again later.`),
      ]);
      expect(page.headers.get('retry-after')).toBe('5');
      // One that no connection is kept of.
      await flow.change(id, { name });
      expect((await flow.leave(slug)).status).toBe(503);
      const links = await app.database.asSystem((manager) =>
        manager.query('SELECT 1 FROM identity_provider_links WHERE provider_id = $1', [id]),
      );
      expect(links).toEqual([]);
    });

    it('where it is disabled meanwhile', async () => {
      const { slug, id } = await flow.setUp(company);
      employ('disabled');
      const browser = flow.flow.browser();
      const back = await flow.atCompany(await flow.leave(slug, browser));
      await flow.change(id, { enabled: false });
      const page = await browser.open(back);
      expect([page.status, text(page)]).toEqual([404, expect.stringContaining('Identity provider not found')]);
      await expect(flow.leave(slug)).rejects.toThrow('no button');
    });

    it('where it is disabled while the company is being asked', async () => {
      const { slug, id } = await flow.setUp(company, { createUsers: true });
      const email = employ('late');
      const browser = flow.flow.browser();
      const back = await flow.atCompany(await flow.leave(slug, browser));
      const find = jest.spyOn(app.nest.get(CompanyAccounts, { strict: false }), 'signIn');
      const { signIn } = CompanyAccounts.prototype;
      find.mockImplementationOnce(async function (this: CompanyAccounts, ...all) {
        await flow.change(id, { enabled: false });
        return signIn.apply(this, all);
      });
      expect(text(await browser.open(back))).toContain('is not available any more');
      find.mockRestore();
      expect(await userOf(email)).toBeUndefined();
    });
  });

  it('takes people back at another process than they left from', async () => {
    const settings = { DATABASE_URL: app.config.database.url, HUB_PUBLIC_URL: app.url, HUB_SIGNIN_LIMIT: '0' };
    second = await createTestApp({ settings });
    const { slug } = await flow.setUp(company, { createUsers: true });
    employ('wanderer');
    const browser = flow.flow.browser();
    const back = await flow.atCompany(await flow.leave(slug, browser));
    const elsewhere = back.replace(app.url, `http://127.0.0.1:${second.config.http.port}`);
    const answer = await fetch(elsewhere, { headers: { Cookie: browser.cookieHeader(back) }, redirect: 'manual' });
    expect(answer.status).toBe(303);
    expectSentOn(await browser.open(answer.headers.get('location')!));
  });

  it('proves itself in the header where the company wants that', async () => {
    const undo = company.discovery(({ body }) => {
      delete body.token_endpoint_auth_methods_supported;
    });
    const { slug } = await flow.setUp(company, { clientSecret: 'a:b c%' });
    undo();
    await withEmail(employ('basic'));
    const kept = company.discovery(({ body }) => {
      delete body.token_endpoint_auth_methods_supported;
    });
    expectSentOn(await flow.signIn(slug));
    kept();
    const { headers, body } = company.tokenRequests.at(-1)!;
    expect(headers.authorization).toBe(`Basic ${Buffer.from('hub-at-company:a%3Ab+c%25').toString('base64')}`);
    expect(body).not.toHaveProperty('client_secret');
  });

  it('does not let the issuer be changed under linked users', async () => {
    const { slug, id } = await flow.setUp(company, { createUsers: true });
    employ('moved');
    expectSentOn(await flow.signIn(slug));
    await expect(
      flow.change(id, { issuer: 'https://login.acme.example', clientSecret: 'x', enabled: false }),
    ).rejects.toThrow('409');
  });
});
