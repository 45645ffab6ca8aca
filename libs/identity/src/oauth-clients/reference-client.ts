import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ALL_SCOPES, newId } from '#kernel';
import { Config } from '#platform/config';
import { Database } from '#platform/database';
import { REFERENCE_REDIRECT_PATH, ReferenceSignIn } from '#platform/http';
import { OIDC_SCOPES } from '../credentials/scope-rules';

const CLIENT_ID = 'maestrohub-swagger';

/** As long as a session: a working day. */
const REFRESH_SECONDS = 12 * 60 * 60;

const ENSURE = `
  INSERT INTO oauth_clients AS c (id, client_id, name, description, type, grant_types, redirect_uris, scopes,
                                  access_token_ttl_seconds, refresh_token_ttl_seconds, built_in)
  VALUES ($1, $2, 'MaestroHub API reference', 'Signs people in at /swagger', 'public',
          '{authorization_code,refresh_token}', $3, $4, 3600, $5, true)
  ON CONFLICT (client_id) DO UPDATE
  SET redirect_uris = EXCLUDED.redirect_uris, scopes = EXCLUDED.scopes, version = c.version + 1, updated_at = now()
  WHERE (c.redirect_uris, c.scopes) IS DISTINCT FROM (EXCLUDED.redirect_uris, EXCLUDED.scopes)`;

/** The built-in client of the API reference. Its redirect URI follows HUB_PUBLIC_URL; whether it is enabled is up to the administrators. */
@Injectable()
export class ReferenceClient implements OnModuleInit {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly reference: ReferenceSignIn,
  ) {}

  async onModuleInit(): Promise<void> {
    const redirectUri = this.config.http.publicUrl + REFERENCE_REDIRECT_PATH;
    const scopes = [...OIDC_SCOPES, ...ALL_SCOPES];
    await this.database.asSystem((manager) =>
      manager.query(ENSURE, [newId(), CLIENT_ID, [redirectUri], scopes, REFRESH_SECONDS]),
    );
    this.reference.offer({ clientId: CLIENT_ID, redirectUri });
  }
}
