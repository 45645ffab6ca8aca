import { Injectable } from '@nestjs/common';
import type { GrantedScope } from '#kernel';
import { Database } from '#platform/database';
import { IssuedToken } from './issued-token.entity';

/** The access tokens that the OAuth2 server has given out. */
@Injectable()
export class IssuedTokensRepository {
  constructor(private readonly database: Database) {}

  async insert(token: {
    jti: string;
    clientId: string;
    userId: string;
    grantId: string | null;
    scopes: GrantedScope[];
    expiresAt: Date;
  }): Promise<void> {
    await this.database.asSystem((manager) => manager.insert(IssuedToken, token));
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
