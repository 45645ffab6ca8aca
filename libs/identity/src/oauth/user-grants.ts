import { Injectable } from '@nestjs/common';
import { tokenHash } from '#platform/crypto';
import { Database } from '#platform/database';
import type { EntityManager } from 'typeorm';

/**
 * Ends what the OAuth2 server has given out on behalf of a user. Both ways delete the grant before they revoke the
 * tokens: a token is only recorded while its grant is there (`IssuedTokensRepository.insert`), so that none slips
 * through between the two.
 */
@Injectable()
export class UserGrants {
  constructor(private readonly database: Database) {}

  /**
   * Ends a user's browser sign-ins, codes, refresh tokens, access tokens and remembered consents, within a second
   * everywhere. Tokens by client credentials stay: they are the client's. Joins the caller's transaction.
   */
  async endAll(userId: string): Promise<void> {
    await this.database.asSystem(async (manager) => {
      await manager.query('DELETE FROM oidc_payloads WHERE account_id = $1', [userId]);
      await manager.query('DELETE FROM oauth_consents WHERE user_id = $1', [userId]);
      await manager.query(
        'UPDATE issued_tokens SET revoked_at = now() WHERE user_id = $1 AND grant_id IS NOT NULL AND revoked_at IS NULL',
        [userId],
      );
    });
  }

  /** Ends one grant: its codes, its refresh tokens and its access tokens. Joins the caller's transaction. */
  async end(grantId: string): Promise<void> {
    await this.database.asSystem((manager) => endGrant(manager, grantId));
  }
}

export async function endGrant(manager: EntityManager, grantId: string): Promise<void> {
  await manager.query(`DELETE FROM oidc_payloads WHERE model = 'Grant' AND id_hash = $1`, [tokenHash(grantId)]);
  await manager.query('DELETE FROM oidc_payloads WHERE grant_id = $1', [grantId]);
  await manager.query('UPDATE issued_tokens SET revoked_at = now() WHERE grant_id = $1 AND revoked_at IS NULL', [
    grantId,
  ]);
}
