import type { DataFolder, Keepsakes } from '../keepsakes.ts';
import { StartError } from '../start-error.ts';
import { Api, ApiError, signIn } from './api.ts';

export const ADMIN_EMAIL = 'admin@maestrohub.local';

/** What the board and a visitor's pasted lines need. */
const SCOPES = [
  'uns:read',
  'uns:write',
  'uns:publish',
  'connectors:read',
  'connectors:write',
  'connectors:execute',
  'pipelines:read',
  'pipelines:write',
  'dashboards:read',
  'dashboards:write',
];

/** A session by an access token that is kept from one start to the next. @throws StartError */
export async function openSession(url: string, folder: DataFolder, keepsakes: Keepsakes): Promise<Api> {
  const { password, token: keptToken, organizationId: keptOrganization } = keepsakes;
  if (keptToken !== undefined && keptOrganization !== undefined) {
    const kept = new Api(url, keptToken, keptOrganization);
    if (await works(kept)) return kept;
  }
  const signedIn = await signIn(url, ADMIN_EMAIL, password).catch((error: unknown) => {
    if (!(error instanceof ApiError)) throw error;
    throw new StartError(`${ADMIN_EMAIL} cannot sign in: ${error.message}\nRemove ${folder.path} to begin anew`);
  });
  const { organizationId } = signedIn;
  const { token } = await signedIn.post<{ token: string }>('/oauth2/tokens', { name: 'Demo', scopes: SCOPES });
  folder.keep({ password, token, organizationId });
  return new Api(url, token, organizationId);
}

/** It expires after 90 days, visitors may revoke it, and an older demo gave it fewer scopes. */
async function works(api: Api): Promise<boolean> {
  try {
    await api.get('/uns/dashboards?limit=1');
    return true;
  } catch (error) {
    if (error instanceof ApiError && (error.status === 401 || error.status === 403)) return false;
    throw error;
  }
}
