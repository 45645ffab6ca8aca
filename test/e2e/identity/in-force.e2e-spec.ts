import { createTestApp, eventually, type ApiClient, type TestApp } from '#testing';
import { MqttClients } from '../mqtt/mqtt-clients';
import { changeBySql, newTenant, type Tenant } from '../mqtt/tenants';

/*
 * What is taken away in one process is gone in every other within a second, while its token is in use there. Two
 * applications on one database, each with rights of its own in memory, as two processes have them; MQTT is at the second.
 */

let here: TestApp;
let there: TestApp;
let mqtt: MqttClients;
let admin: ApiClient;

beforeAll(async () => {
  here = await createTestApp();
  there = await createTestApp({
    roles: ['api', 'uns'],
    databaseUrl: here.config.database.url,
    settings: { HUB_PUBLIC_URL: here.url },
  });
  mqtt = new MqttClients(there.mqttUrl);
  admin = here.api(await here.signIn());
});

afterEach(() => mqtt.end());

afterAll(async () => {
  await there.stop();
  await here.stop();
});

interface Ending {
  what: string;
  token: (of: Tenant) => Promise<{ token: string; end: () => Promise<unknown> }>;
  status: number;
}

const bySql = (query: string) => (of: Tenant) =>
  Promise.resolve({ token: of.token, end: () => changeBySql(here, query, [of.editor.id]) });

interface NewClient {
  id: string;
  proof: Record<string, string>;
  token: string;
}

/** A client of the editor's, with a token by client credentials. */
async function newClient({ editor }: Tenant): Promise<NewClient> {
  const request = {
    name: 'Line',
    type: 'confidential',
    grantTypes: ['client_credentials'],
    scopes: ['uns:read', 'uns:publish'],
    serviceUserId: editor.id,
  };
  const { id, clientId, clientSecret } = (await admin.post('/oauth2/clients', request)).body.data;
  const proof = { client_id: clientId as string, client_secret: clientSecret as string };
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...proof });
  const { access_token: token } = (await here.stranger.post('/oauth2/token', form)).body;
  return { id, proof, token };
}

const OF_ORGANIZATION = 'WHERE id = (SELECT organization_id FROM memberships WHERE user_id = $1)';

const ENDINGS: Ending[] = [
  { what: 'a membership that ends', status: 403, token: bySql('DELETE FROM memberships WHERE user_id = $1') },
  {
    what: 'a user who is deactivated',
    status: 401,
    token: bySql(`UPDATE users SET status = 'inactive' WHERE id = $1`),
  },
  { what: 'a user who is locked', status: 401, token: bySql(`UPDATE users SET status = 'locked' WHERE id = $1`) },
  { what: 'a user who is deleted', status: 401, token: bySql('UPDATE users SET deleted_at = now() WHERE id = $1') },
  {
    what: 'an organization that is suspended',
    status: 403,
    token: bySql(`UPDATE organizations SET status = 'suspended' ${OF_ORGANIZATION}`),
  },
  {
    what: 'an organization that goes into maintenance',
    status: 503,
    token: bySql(`UPDATE organizations SET maintenance = '{"message":"Upgrade"}' ${OF_ORGANIZATION}`),
  },
  {
    what: 'a personal token that is revoked',
    status: 401,
    token: async ({ editor }) => {
      const session = here.api(await here.signIn(editor));
      const request = { name: 'Line', scopes: ['uns:read', 'uns:publish'] };
      const { id, token } = (await session.post('/oauth2/tokens', request)).body.data;
      return { token, end: () => session.delete(`/oauth2/tokens/${id}`) };
    },
  },
  {
    what: 'a session that is signed out',
    status: 401,
    token: async ({ editor }) => {
      const token = await here.signIn(editor);
      return { token, end: () => here.api(token).post('/auth/logout') };
    },
  },
  {
    what: 'an access token that is revoked',
    status: 401,
    token: async (of) => {
      const { token, proof } = await newClient(of);
      return { token, end: () => here.stranger.post('/oauth2/revoke', new URLSearchParams({ token, ...proof })) };
    },
  },
  {
    what: 'a client that is disabled',
    status: 401,
    token: async (of) => {
      const { id, token } = await newClient(of);
      return { token, end: () => admin.post(`/oauth2/clients/${id}/disable`) };
    },
  },
  {
    what: 'a client whose service user is deactivated',
    status: 401,
    token: async (of) => {
      const { token } = await newClient(of);
      return {
        token,
        end: () => changeBySql(here, `UPDATE users SET status = 'inactive' WHERE id = $1`, [of.editor.id]),
      };
    },
  },
  {
    what: 'a client that is confined to other organizations',
    status: 403,
    token: async (of) => {
      const { id, token } = await newClient(of);
      return {
        token,
        end: () => changeBySql(here, `UPDATE oauth_clients SET organization_ids = '{}' WHERE id = $1`, [id]),
      };
    },
  },
];

describe('soon and in every process', () => {
  it.each(ENDINGS)('$what closes REST and MQTT', async ({ token: make, status }) => {
    const tenant = await newTenant(here);
    const { token, end } = await make(tenant);
    const callers = [here.api(token, tenant.id), there.api(token, tenant.id)];
    const login = { id: tenant.id, token };
    const connected = await mqtt.connect(login);
    for (const caller of callers) expect((await caller.get('/uns/topics')).status).toBe(200);

    await end();
    const waiting = callers.map((caller) =>
      eventually(async () => (await caller.get('/uns/topics')).status === status),
    );
    await Promise.all([...waiting, eventually(() => !connected.connected)]);
    expect(await mqtt.connack(login)).not.toBe(0);
  });

  it('an editor who becomes a viewer reads on and changes nothing any more', async () => {
    const { id, editor } = await newTenant(here);
    const token = await here.newToken(['uns:read', 'uns:write', 'uns:publish'], editor);
    const callers = [here.api(token, id), there.api(token, id)];
    const publish = (caller: ApiClient) => caller.post('/uns/data/publish', { topic: 'mHv1.0/role', value: 1 });
    for (const caller of callers) expect((await publish(caller)).status).toBe(200);

    await changeBySql(here, `UPDATE memberships SET role = 'viewer' WHERE user_id = $1`, [editor.id]);
    await Promise.all(
      callers.map((caller) => eventually(async () => (await publish(caller)).body.error === 'forbidden')),
    );
    for (const caller of callers) expect((await caller.get('/uns/topics')).status).toBe(200);
  });

  it('a scope that a client loses is gone from the tokens it has', async () => {
    const tenant = await newTenant(here);
    const { id, token } = await newClient(tenant);
    const callers = [here.api(token, tenant.id), there.api(token, tenant.id)];
    const connected = await mqtt.connect({ id: tenant.id, token });
    await connected.subscribeAsync('mHv1.0/#');
    for (const caller of callers) expect((await caller.get('/uns/topics')).status).toBe(200);

    await changeBySql(here, `UPDATE oauth_clients SET scopes = '{uns:publish}' WHERE id = $1`, [id]);
    const refused = callers.map((caller) =>
      eventually(async () => (await caller.get('/uns/topics')).body.error === 'insufficient_scope'),
    );
    await Promise.all([...refused, eventually(() => !connected.connected)]);
  });

  it('what is given is there too: a member who is added, a client that is enabled again', async () => {
    const tenant = await newTenant(here);
    const newcomer = await here.newUser();
    const token = await here.newToken(['uns:read'], newcomer);
    const caller = there.api(token, tenant.id);
    expect((await caller.get('/uns/topics')).status).toBe(403);
    const add = `INSERT INTO memberships (user_id, organization_id, role) SELECT $1, organization_id, 'viewer' FROM memberships WHERE user_id = $2`;
    await changeBySql(here, add, [newcomer.id, tenant.editor.id]);
    await eventually(async () => (await caller.get('/uns/topics')).status === 200);

    const client = await newClient(tenant);
    const service = there.api(client.token, tenant.id);
    await admin.post(`/oauth2/clients/${client.id}/disable`);
    expect((await service.get('/uns/topics')).status).toBe(401);
    await admin.post(`/oauth2/clients/${client.id}/enable`);
    await eventually(async () => (await service.get('/uns/topics')).status === 200);
  });
});
