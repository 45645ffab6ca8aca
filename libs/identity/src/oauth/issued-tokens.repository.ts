import { Injectable } from '@nestjs/common';
import type { GrantedScope } from '#kernel';
import { tokenHash } from '#platform/crypto';
import { Database } from '#platform/database';
import { errors } from 'oidc-provider';
import { ACTIVE_USER } from '../users/active-user';
import { IssuedToken } from './issued-token.entity';

const LOCK_GRANT = `SELECT 1 FROM oidc_payloads WHERE model = 'Grant' AND id_hash = $1 AND expires_at > now() FOR SHARE`;

const FIND_LIVE = `
  SELECT i.jti, i.client_id AS "clientId", i.user_id AS "userId", i.scopes, c.scopes AS "clientScopes"
  FROM issued_tokens i JOIN oauth_clients c ON c.id = i.client_id JOIN users u ON u.id = i.user_id
  WHERE i.jti = $1 AND i.revoked_at IS NULL AND i.expires_at > now() AND c.enabled AND ${ACTIVE_USER}`;

export interface LiveToken {
  jti: string;
  /** The client's row. */
  clientId: string;
  userId: string;
  scopes: GrantedScope[];
  /** What the client may hold now. */
  clientScopes: GrantedScope[];
}

/** The access tokens that the OAuth2 server has given out. */
@Injectable()
export class IssuedTokensRepository {
  constructor(private readonly database: Database) {}

  /** @throws Error `errors.InvalidGrant` when the grant behind it has ended in the meantime. */
  async insert(token: {
    jti: string;
    clientId: string;
    userId: string;
    grantId: string | null;
    scopes: GrantedScope[];
    expiresAt: Date;
  }): Promise<void> {
    await this.database.asSystem(async (manager) => {
      if (token.grantId !== null) {
        // The lock makes whoever ends the grant wait, and then see the token.
        const [grant] = await manager.query<object[]>(LOCK_GRANT, [tokenHash(token.grantId)]);
        if (!grant) throw new errors.InvalidGrant('grant has ended');
      }
      await manager.insert(IssuedToken, token);
    });
  }

  /** What a token gives now; undefined for one that is expired or revoked, whose client is disabled or user inactive. */
  async findLive(jti: string): Promise<LiveToken | undefined> {
    const [row] = await this.database.asSystem((manager) => manager.query<LiveToken[]>(FIND_LIVE, [jti]));
    return row;
  }

  /** The client (its row's id) that a token was given to. */
  async ownerOf(jti: string): Promise<string | undefined> {
    const row = await this.database.asSystem((manager) => manager.findOneBy(IssuedToken, { jti }));
    return row?.clientId;
  }

  async revoke(jti: string): Promise<void> {
    await this.database.asSystem((manager) =>
      manager.query('UPDATE issued_tokens SET revoked_at = now() WHERE jti = $1 AND revoked_at IS NULL', [jti]),
    );
  }
}
