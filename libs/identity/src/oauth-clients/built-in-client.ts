import { newId, type GrantedScope } from '#kernel';
import type { Database } from '#platform/database';

/** As long as a session: a working day. */
const REFRESH_SECONDS = 12 * 60 * 60;

const ENSURE = `
  INSERT INTO oauth_clients AS c (id, client_id, name, description, type, grant_types, redirect_uris, scopes,
                                  access_token_ttl_seconds, refresh_token_ttl_seconds, built_in)
  VALUES ($1, $2, $3, $4, 'public', '{authorization_code,refresh_token}', $5, $6, 3600, $7, true)
  ON CONFLICT (client_id) DO UPDATE
  SET redirect_uris = EXCLUDED.redirect_uris, scopes = EXCLUDED.scopes, version = c.version + 1, updated_at = now()
  WHERE (c.redirect_uris, c.scopes) IS DISTINCT FROM (EXCLUDED.redirect_uris, EXCLUDED.scopes)`;

/** A client that the platform makes for pages of its own: public, and code with PKCE is its one way to tokens. */
export interface BuiltInClient {
  clientId: string;
  name: string;
  description: string;
  redirectUri: string;
  scopes: readonly GrantedScope[];
}

/** Makes it or brings it up to date. Whether it is enabled is up to the administrators. */
export async function ensureBuiltInClient(database: Database, client: BuiltInClient): Promise<void> {
  const { clientId, name, description, redirectUri, scopes } = client;
  await database.asSystem((manager) =>
    manager.query(ENSURE, [newId(), clientId, name, description, [redirectUri], scopes, REFRESH_SECONDS]),
  );
}
