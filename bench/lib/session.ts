import { ADMIN, type Hub } from './hub.ts';

export interface Session {
  organizationId: string;
  /** A personal access token, for REST and MQTT. */
  token: string;
}

/** Signs the administrator in and makes a token with the given scopes. */
export async function signIn(hub: Hub, scopes: readonly string[]): Promise<Session> {
  const login = await post(hub, '/auth/login', ADMIN);
  const organizationId = login.organizations[0].id as string;
  const { token } = await post(hub, '/oauth2/tokens', { name: 'bench', scopes }, login.accessToken as string);
  return { organizationId, token: token as string };
}

/** The token of a sign-in. */
export const sessionToken = async (hub: Hub): Promise<string> =>
  (await post(hub, '/auth/login', ADMIN)).accessToken as string;

/** An access token by client credentials: a JWT. */
export async function clientToken(hub: Hub): Promise<string> {
  const request = { name: 'bench', type: 'confidential', grantTypes: ['client_credentials'], scopes: ['uns:read'] };
  const client = await post(hub, '/oauth2/clients', request, await sessionToken(hub));
  const response = await fetch(`${hub.url}/api/v1/oauth2/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: client.clientId as string,
      client_secret: client.clientSecret as string,
    }),
  });
  const answer = (await response.json()) as { access_token?: string };
  if (answer.access_token === undefined) throw new Error(`the token endpoint answered ${response.status}`);
  return answer.access_token;
}

/** Answers `data` of the envelope. @throws Error with the answer when it is refused. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what the API answers is read by its contract
async function post(hub: Hub, path: string, body: object, token?: string): Promise<any> {
  const response = await fetch(`${hub.url}/api/v1${path}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(token && { Authorization: `Bearer ${token}` }) },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`POST ${path} answered ${response.status}: ${text}`);
  return JSON.parse(text).data;
}
