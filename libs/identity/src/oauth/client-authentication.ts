import { timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { tokenHash } from '#platform/crypto';
import { RateLimits } from '#platform/http';
import type { Request } from 'express';
import type { OAuthClient } from '../oauth-clients/oauth-client.entity';
import { OAuthClientsRepository } from '../oauth-clients/oauth-clients.repository';
import { readClientCredentials } from './client-credentials';
import { OAuthError } from './oauth-error';

/** Clients that prove who they are, at the endpoints that are ours (RFC 6749, section 2.3). */
@Injectable()
export class ClientAuthentication {
  constructor(
    private readonly clients: OAuthClientsRepository,
    private readonly limits: RateLimits,
  ) {}

  /**
   * A public client by its id alone. A failure counts like any refused credential of that address.
   * @throws OAuthError `invalid_request`, `invalid_client`.
   */
  async authenticate(request: Request, form: Readonly<Record<string, string>>): Promise<OAuthClient> {
    const { clientId, secret } = readClientCredentials(request.header('authorization'), form);
    const client = await this.clients.findEnabled(clientId);
    if (client && proves(client, secret)) return client;
    await this.limits.countRefusal(request.ip ?? '');
    throw new OAuthError(401, 'invalid_client', 'client authentication failed');
  }
}

function proves({ secretHash }: OAuthClient, secret: string | undefined): boolean {
  if (secretHash === null) return secret === undefined;
  return secret !== undefined && timingSafeEqual(tokenHash(secret), secretHash);
}
