import { newId } from '#kernel';
import { closing, createTestApp, describeWithServers, eventually, inbox, published, type TestApp } from '#testing';
import type { MqttClient } from 'mqtt';
import { mosquittoPub } from './mosquitto-tools';
import { MqttClients, VERSION_NAMES, VERSIONS, type Login } from './mqtt-clients';
import { stillServes } from './still-serves';
import { changeBySql, clientCredentialsToken, newTenant, storedValues, type Tenant } from './tenants';

const NOT_AUTHORIZED = 0x87;
/** CONNACK of MQTT 3.1.1. */
const REFUSED = 5;
const REFUSALS = [
  ['3.1.1', 4, REFUSED],
  ['5', 5, NOT_AUTHORIZED],
] as const;

let app: TestApp;
let tenant: Tenant;
let witness: Tenant;
let clients: MqttClients;
const newTopic = (): string => `mHv1.0/access/${newId()}`;

beforeAll(async () => {
  app = await createTestApp({ roles: ['api', 'uns'] });
  [tenant, witness] = [await newTenant(app), await newTenant(app)];
  clients = new MqttClients(app.mqttUrl);
});

// Whatever was tried, the others are served.
afterEach(async () => {
  await stillServes(app, clients, witness);
  await clients.end();
});

afterAll(() => app.stop());

describe('a token', () => {
  it.each<[string, () => Promise<Login>]>([
    ['a personal access token', () => Promise.resolve(tenant)],
    [
      'an access token by client credentials',
      async () => {
        return { id: tenant.id, token: await clientCredentialsToken(app, ['uns:read', 'uns:publish']) };
      },
    ],
    ['a session', async () => ({ id: tenant.id, token: await app.signIn(tenant.editor) })],
    ['a token with the organization in capitals', () => Promise.resolve({ ...tenant, id: tenant.id.toUpperCase() })],
    [
      'a system administrator’s token',
      async () => ({ id: tenant.id, token: await app.newToken(['uns:read', 'uns:publish']) }),
    ],
  ])('may be %s', async (_, login) => {
    for (const protocolVersion of VERSIONS) {
      const topic = newTopic();
      const client = await clients.connect(await login(), { protocolVersion });
      const messages = inbox(client);
      await client.subscribeAsync(topic);
      await client.publishAsync(topic, '5', { qos: 1 });
      await eventually(() => messages.length === 1);
      expect(await storedValues(tenant.api, topic)).toEqual([5]);
    }
  });

  it.each<[string, () => Promise<Login>]>([
    ['is unknown', () => Promise.resolve({ id: tenant.id, token: 'mh_pat_' + 'x'.repeat(43) })],
    ['is no token', () => Promise.resolve({ id: tenant.id, token: tenant.editor.password })],
    ['is empty', () => Promise.resolve({ id: tenant.id, token: '' })],
    ['comes with another organization', async () => ({ id: await app.newOrganization(), token: tenant.token })],
    ['comes with an organization that does not exist', () => Promise.resolve({ id: newId(), token: tenant.token })],
    ['comes with a name that is no organization', () => Promise.resolve({ id: 'admin', token: tenant.token })],
    ['comes with a topic as organization', () => Promise.resolve({ id: `${tenant.id}/#`, token: tenant.token })],
    [
      'has expired',
      async () => {
        const { id, token, editor } = await newTenant(app);
        await changeBySql(app, `UPDATE access_tokens SET expires_at = now() - interval '1 s' WHERE user_id = $1`, [
          editor.id,
        ]);
        return { id, token };
      },
    ],
    [
      'is of a user who is no member',
      async () => {
        const outsider = await app.newUser();
        return { id: tenant.id, token: await app.newToken(['uns:read', 'uns:publish'], outsider) };
      },
    ],
    [
      'is for a suspended organization',
      async () => {
        const { id, token } = await newTenant(app);
        await changeBySql(app, `UPDATE organizations SET status = 'suspended' WHERE id = $1`, [id]);
        return { id, token };
      },
    ],
  ])('that %s is refused', async (_, login) => {
    const refused = await login();
    for (const [, protocolVersion, code] of REFUSALS) {
      expect(await clients.connack(refused, { protocolVersion })).toBe(code);
    }
  });

  it('is needed at all', async () => {
    for (const [, protocolVersion, code] of REFUSALS) {
      const options = { protocolVersion, username: undefined, password: undefined };
      expect(await clients.connack(tenant, options)).toBe(code);
    }
  });
});

describeWithServers(['mosquitto_pub'], 'mosquitto_pub', () => {
  it.each(VERSION_NAMES)('is told with MQTT %s that a token is wrong', async (_, version) => {
    const target = { url: app.mqttUrl, version, id: tenant.id, token: 'wrong' };
    const { code, output } = await mosquittoPub(target, ['-q', '1', '-t', newTopic(), '-m', '1']);
    expect(code).toBe(version === 5 ? NOT_AUTHORIZED : REFUSED);
    expect(output).toMatch(/not authori[sz]ed/i);
  });

  it('is told that it may not publish', async () => {
    const token = await app.newToken(['uns:read'], tenant.editor);
    const topic = newTopic();
    const target = { url: app.mqttUrl, version: 5, id: tenant.id, token } as const;
    const { output } = await mosquittoPub(target, ['-q', '1', '-t', topic, '-m', '1']);
    expect(output).toMatch(/not authori[sz]ed/i);
    expect(await storedValues(tenant.api, topic)).toEqual([]);
  });
});

describe('rights', () => {
  it.each<[string, () => Promise<string>]>([
    ['a token without uns:publish', () => app.newToken(['uns:read', 'uns:write'], tenant.editor)],
    ['a viewer’s token', async () => app.newToken(['uns:read', 'uns:publish'], await app.newUser('viewer', tenant.id))],
    ['a token for another branch', () => app.newToken(['uns:publish:mHv1.0/line-2/#'], tenant.editor)],
    ['a JWT without uns:publish', () => clientCredentialsToken(app, ['uns:read'])],
  ])('of %s do not reach for publishing', async (_, newToken) => {
    const [topic, token] = [newTopic(), await newToken()];
    const modern = await clients.connect({ id: tenant.id, token });
    expect(await published(modern, topic, '1')).toBe(NOT_AUTHORIZED);
    expect(await published(modern, topic, '1', 2)).toBe(NOT_AUTHORIZED);
    modern.publish(topic, 'dropped', { qos: 0 });
    expect(await published(modern, topic, '1', 2)).toBe(NOT_AUTHORIZED);
    expect(modern.connected).toBe(true);
    for (const qos of [0, 1, 2] as const) {
      const old = await clients.connect({ id: tenant.id, token }, { protocolVersion: 4 });
      const closed = closing(old);
      old.publishAsync(topic, '1', { qos }).catch(() => undefined);
      await closed;
    }
    expect(await storedValues(tenant.api, topic)).toEqual([]);
  });

  it('of a branch end at its border', async () => {
    const scopes = ['uns:publish:mHv1.0/site/+/line-1/#', 'uns:read:mHv1.0/site/a/#'];
    const client = await clients.connect({ id: tenant.id, token: await app.newToken(scopes, tenant.editor) });
    const outcomes = async (topics: string[]): Promise<number[]> => {
      const codes: number[] = [];
      for (const topic of topics) codes.push(await published(client, topic, '1'));
      return codes;
    };
    expect(await outcomes(['mHv1.0/site/a/line-1/x', 'mHv1.0/site/b/line-1/x/y', 'mHv1.0/site/a/line-1'])).toEqual([
      0, 0, 0,
    ]);
    expect(
      await outcomes([
        'mHv1.0/site/a/line-2/x',
        'mHv1.0/site/a',
        'mHv1.0/site/a/line-10/x',
        'mHv1.0/x/site/a/line-1/y',
      ]),
    ).toEqual([NOT_AUTHORIZED, NOT_AUTHORIZED, NOT_AUTHORIZED, NOT_AUTHORIZED]);

    const granted = async (filter: string): Promise<number> => {
      const [answer] = await client.subscribeAsync(filter, { qos: 1 }).catch(() => []);
      return answer?.qos ?? NOT_AUTHORIZED;
    };
    expect(await granted('mHv1.0/site/a/#')).toBe(1);
    expect(await granted('mHv1.0/site/a/+/x')).toBe(1);
    for (const filter of ['#', 'mHv1.0/#', 'mHv1.0/site/#', 'mHv1.0/site/+/line-1/#', 'mHv1.0/site/b', '+/site/a/x']) {
      expect([filter, await granted(filter)]).toEqual([filter, NOT_AUTHORIZED]);
    }
    const messages = inbox(client);
    const other = await clients.connect(tenant);
    await other.publishAsync('mHv1.0/site/b/line-1/x', 'elsewhere', { qos: 1 });
    await other.publishAsync('mHv1.0/site/a/line-9', 'here', { qos: 1 });
    await eventually(() => messages.length > 0);
    expect(messages.map(({ text }) => text)).toEqual(['here']);
  });

  it('to publish are none to subscribe, and the other way round is refused too', async () => {
    const token = await app.newToken(['uns:publish'], tenant.editor);
    const client = await clients.connect({ id: tenant.id, token });
    await expect(client.subscribeAsync('mHv1.0/#')).rejects.toThrow();
    expect(await published(client, newTopic(), '1')).toBe(0);
  });

  it('are asked for a will as well', async () => {
    const token = await app.newToken(['uns:publish:mHv1.0/mine/#', 'uns:read'], tenant.editor);
    const will = (topic: string) => ({ will: { topic, payload: Buffer.from('gone'), qos: 1 as const } });
    expect(await clients.connack({ id: tenant.id, token }, will('mHv1.0/theirs'))).toBe(NOT_AUTHORIZED);
    const dying = await clients.connect({ id: tenant.id, token }, will('mHv1.0/mine/state'));
    dying.stream.destroy();
    await eventually(async () => (await storedValues(tenant.api, 'mHv1.0/mine/state')).length === 1);
  });
});

describe('soon', () => {
  /** Resolves once the connection is closed, with the reason. */
  async function closedAfter(client: MqttClient, change: () => Promise<unknown>): Promise<number | undefined> {
    const closed = closing(client);
    await change();
    await eventually(() => !client.connected);
    return closed;
  }

  it.each(VERSION_NAMES)('a token revoked by REST closes its connections of MQTT %s', async (_, protocolVersion) => {
    const session = app.api(await app.signIn(tenant.editor));
    const { id, token } = (await session.post('/oauth2/tokens', { name: 'Line', scopes: ['uns:read'] })).body.data;
    const [one, other] = [
      await clients.connect({ id: tenant.id, token }, { protocolVersion }),
      await clients.connect({ id: tenant.id, token }, { protocolVersion }),
    ];
    const otherClosed = closing(other);
    const code = await closedAfter(one, () => session.delete(`/oauth2/tokens/${id}`));
    expect([code, await otherClosed]).toEqual(protocolVersion === 5 ? [0x87, 0x87] : [undefined, undefined]);
    expect(await clients.connack({ id: tenant.id, token }, { protocolVersion })).toBe(
      protocolVersion === 5 ? NOT_AUTHORIZED : REFUSED,
    );
  });

  it('a session that signs out closes its connections', async () => {
    const token = await app.signIn(tenant.editor);
    const client = await clients.connect({ id: tenant.id, token });
    expect(await closedAfter(client, () => app.api(token).post('/auth/logout'))).toBe(NOT_AUTHORIZED);
  });

  it('a client that is disabled loses its connections', async () => {
    const token = await clientCredentialsToken(app, ['uns:publish']);
    const client = await clients.connect({ id: tenant.id, token });
    const admin = app.api(await app.signIn());
    const { data } = (await admin.get('/oauth2/clients?search=Gateway&sort=-createdAt&limit=1')).body;
    expect(await closedAfter(client, () => admin.post(`/oauth2/clients/${data[0].id}/disable`))).toBe(NOT_AUTHORIZED);
  });

  it.each<[string, string]>([
    ['a user who is deactivated', `UPDATE users SET status = 'inactive' WHERE id = $1`],
    ['a user who is deleted', 'UPDATE users SET deleted_at = now() WHERE id = $1'],
    ['a member who leaves', 'DELETE FROM memberships WHERE user_id = $1'],
    [
      'an organization that is suspended',
      `UPDATE organizations SET status = 'suspended' WHERE id = (SELECT organization_id FROM memberships WHERE user_id = $1)`,
    ],
    [
      'an organization that goes into maintenance',
      `UPDATE organizations SET maintenance = '{"message":"Upgrade"}'
       WHERE id = (SELECT organization_id FROM memberships WHERE user_id = $1)`,
    ],
  ])('%s closes connections, and nobody gets in by them', async (_, change) => {
    const { id, token, editor } = await newTenant(app);
    for (const [, protocolVersion] of REFUSALS)
      expect(await clients.connack({ id, token }, { protocolVersion })).toBe(0);
    const client = await clients.connect({ id, token });
    expect(await closedAfter(client, () => changeBySql(app, change, [editor.id]))).toBe(NOT_AUTHORIZED);
    expect(await clients.connack({ id, token })).toBe(NOT_AUTHORIZED);
  });

  it.each(VERSION_NAMES)(
    'an editor who becomes a viewer may no longer publish by MQTT %s',
    async (_, protocolVersion) => {
      const { id, token, editor, api } = await newTenant(app);
      const topic = newTopic();
      const client = await clients.connect({ id, token }, { protocolVersion });
      const messages = inbox(client);
      await client.subscribeAsync('mHv1.0/#', { qos: 1 });
      await client.publishAsync(topic, 'before', { qos: 1 });
      await changeBySql(app, `UPDATE memberships SET role = 'viewer' WHERE user_id = $1`, [editor.id]);
      const ended = client.connected ? closing(client) : undefined;
      const refused = async (): Promise<boolean> => {
        if (!client.connected) return true;
        const failure = client.publishAsync(topic, 'between', { qos: 1 }).then(
          () => undefined,
          (error: unknown) => error,
        );
        return (await Promise.race([failure, ended])) !== undefined || !client.connected;
      };
      await eventually(refused);
      // Reading is a viewer's right: MQTT 5 has a way to refuse one message, 3.1.1 closes the connection.
      expect(client.connected).toBe(protocolVersion === 5);
      const count = (await storedValues(api, topic)).length;
      if (protocolVersion === 5) {
        expect(await refused()).toBe(true);
        await eventually(() => messages.length === count);
      }
      expect(await storedValues(api, topic)).toHaveLength(count);
    },
  );

  it('rights that are lost take the subscription with them', async () => {
    const { id, editor } = await newTenant(app);
    const token = await app.newToken(['uns:publish'], editor);
    const client = await clients.connect({ id, token });
    expect(await published(client, newTopic(), '1')).toBe(0);
    const reader = await clients.connect({ id, token: await app.newToken(['uns:read'], editor) });
    await reader.subscribeAsync('mHv1.0/#');
    const change = `UPDATE access_tokens SET scopes = '{uns:read:mHv1.0/a/#}' WHERE user_id = $1 AND scopes = '{uns:read}'`;
    expect(await closedAfter(reader, () => changeBySql(app, change, [editor.id]))).toBe(NOT_AUTHORIZED);
    expect(client.connected).toBe(true);
  });
});
