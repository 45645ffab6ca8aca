import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database';
import { CredentialService } from '../credentials/credential.service';
import { UserGrants } from '../oauth/user-grants';

const END_SESSIONS = `
  UPDATE sessions SET revoked_at = now()
  WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > now() AND id IS DISTINCT FROM $2::uuid
  RETURNING token_hash`;

const END_TOKENS = `
  UPDATE access_tokens SET revoked_at = now(), version = version + 1
  WHERE user_id = $1 AND revoked_at IS NULL AND expires_at > now()
  RETURNING token_hash`;

export interface EndedAccess {
  /** How many of each, for the trail. */
  counts: { sessions: number; tokens: number };
  hashes: Buffer[];
}

/** Ends what somebody has been given access with. */
@Injectable()
export class UserAccess {
  constructor(
    private readonly database: Database,
    private readonly credentials: CredentialService,
    private readonly grants: UserGrants,
  ) {}

  /**
   * Ends sessions, other than one that is to stay, and what was granted to applications; personal access tokens only
   * where they are named too. Joins the caller's transaction; once that is committed, `forget` makes it act in this
   * process at once, and the others notice within a second.
   */
  async end(userId: string, { exceptSession, tokens = false }: { exceptSession?: string; tokens?: boolean } = {}) {
    return this.database.asSystem(async (manager): Promise<EndedAccess> => {
      const run = async (statement: string, ...values: unknown[]): Promise<Buffer[]> => {
        const [rows] = await manager.query<[{ token_hash: Buffer }[], number]>(statement, values);
        return rows.map(({ token_hash }) => token_hash);
      };
      const sessions = await run(END_SESSIONS, userId, exceptSession ?? null);
      await this.grants.endAll(userId);
      const ended = tokens ? await run(END_TOKENS, userId) : [];
      return { counts: { sessions: sessions.length, tokens: ended.length }, hashes: [...sessions, ...ended] };
    });
  }

  forget({ hashes }: EndedAccess): void {
    for (const hash of hashes) this.credentials.forget(hash);
  }
}
