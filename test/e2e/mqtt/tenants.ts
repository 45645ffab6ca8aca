import type { ApiClient, TestApp, TestUser } from '#testing';

/** An organization of its own with somebody in it, as a test of MQTT needs it. */
export interface Tenant {
  id: string;
  editor: TestUser;
  /** Reads what was stored. */
  api: ApiClient;
  /** May publish and subscribe to everything. */
  token: string;
}

export async function newTenant(app: TestApp): Promise<Tenant> {
  const id = await app.newOrganization();
  const editor = await app.newUser('editor', id);
  const token = await app.newToken(['uns:read', 'uns:publish'], editor);
  return { id, editor, api: app.api(token, id), token };
}

export interface StoredRecord {
  topic: string;
  value: unknown;
  source: string | null;
  timestamp: string;
  receivedAt: string;
  quality: string;
}

/** The topic's records, newest first; none where it was never published to. */
export async function stored(api: ApiClient, topic: string): Promise<StoredRecord[]> {
  const { status, body } = await api.get(`/uns/data/recent?topic=${encodeURIComponent(topic)}&limit=1000`);
  if (status === 404) return [];
  expect(status).toBe(200);
  return body.data as StoredRecord[];
}

export const storedValues = async (api: ApiClient, topic: string): Promise<unknown[]> =>
  (await stored(api, topic)).map(({ value }) => value);

/** An access token by client credentials, whose user is the system administrator. */
export async function clientCredentialsToken(app: TestApp, scopes: readonly string[]): Promise<string> {
  const admin = app.api(await app.signIn());
  const request = { name: 'Gateway', type: 'confidential', grantTypes: ['client_credentials'], scopes };
  const { clientId, clientSecret } = (await admin.post('/oauth2/clients', request)).body.data;
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret };
  const answer = await app.stranger.post('/oauth2/token', new URLSearchParams(form));
  expect(answer.status).toBe(200);
  return answer.body.access_token as string;
}

/** What no endpoint of today does: the state of users, memberships and organizations. */
export const changeBySql = (app: TestApp, query: string, values: unknown[]): Promise<unknown> =>
  app.database.asSystem((manager) => manager.query(query, values));
