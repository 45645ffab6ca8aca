import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ALL_SCOPES } from '#kernel';
import { Config } from '#platform/config';
import { Database } from '#platform/database';
import { REFERENCE_REDIRECT_PATH, ReferenceSignIn } from '#platform/http';
import { OIDC_SCOPES } from '../credentials/scope-rules';
import { ensureBuiltInClient } from './built-in-client';

const CLIENT_ID = 'maestrohub-swagger';

/** The built-in client of the API reference. Its redirect URI follows HUB_PUBLIC_URL. */
@Injectable()
export class ReferenceClient implements OnModuleInit {
  constructor(
    private readonly config: Config,
    private readonly database: Database,
    private readonly reference: ReferenceSignIn,
  ) {}

  async onModuleInit(): Promise<void> {
    const redirectUri = this.config.http.publicUrl + REFERENCE_REDIRECT_PATH;
    await ensureBuiltInClient(this.database, {
      clientId: CLIENT_ID,
      name: 'MaestroHub API reference',
      description: 'Signs people in at /swagger',
      redirectUri,
      scopes: [...OIDC_SCOPES, ...ALL_SCOPES],
    });
    this.reference.offer({ clientId: CLIENT_ID, redirectUri });
  }
}
