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
