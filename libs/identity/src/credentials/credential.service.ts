import { Injectable } from '@nestjs/common';
import { ALL_SCOPES, scopeCovers, type Actor, type GrantedScope } from '#kernel';
import { BriefCache } from '#platform/cache';
import { tokenHash } from '#platform/crypto';
import { Database } from '#platform/database';
import { Authenticator } from '#platform/http';
import { LRUCache } from 'lru-cache';
import { AccessTokenJwt } from '../oauth/access-token-jwt';
import { LIVE_SESSION } from '../sessions/live-session';
import { ACTIVE_USER } from '../users/active-user';
import { tokenKind } from './tokens';

const MAX_CACHED = 20_000;

/** Longer ones, which are none of ours, are kept by their hash: hashing costs as much as all else that is done here. */
const LONGEST_KEY = 1_024;

interface UserColumns {
  user_id: string;
  email: string;
  system_admin: boolean;
  expires_at: Date;
}

const USER_COLUMNS = 'u.id AS user_id, u.email, u.system_admin';

const FIND_SESSION = `
  SELECT s.id, s.expires_at, ${USER_COLUMNS}, s.last_seen_at < now() - interval '1 minute' AS unnoticed
  FROM sessions s JOIN users u ON u.id = s.user_id
  WHERE s.token_hash = $1 AND ${LIVE_SESSION} AND ${ACTIVE_USER}`;

const FIND_TOKEN = `
  SELECT t.id, t.scopes, t.expires_at, ${USER_COLUMNS},
         t.last_used_at IS NULL OR t.last_used_at < now() - interval '1 minute' AS unnoticed
  FROM access_tokens t JOIN users u ON u.id = t.user_id
  WHERE t.token_hash = $1 AND t.revoked_at IS NULL AND t.expires_at > now() AND ${ACTIVE_USER}`;

const FIND_ISSUED = `
  SELECT i.jti AS id, i.scopes, i.expires_at, c.client_id, c.scopes AS client_scopes, c.organization_ids, ${USER_COLUMNS}
  FROM issued_tokens i JOIN oauth_clients c ON c.id = i.client_id JOIN users u ON u.id = i.user_id
  WHERE i.jti = $1 AND i.revoked_at IS NULL AND i.expires_at > now() AND c.enabled AND ${ACTIVE_USER}`;

const USED_TOKEN = 'UPDATE access_tokens SET last_used_at = now() WHERE id = $1';
const SEEN_SESSION = 'UPDATE sessions SET last_seen_at = now() WHERE id = $1';

interface TokenRow extends UserColumns {
  id: string;
  scopes: GrantedScope[];
  unnoticed: boolean;
}

interface IssuedRow extends UserColumns {
  id: string;
  scopes: GrantedScope[];
  client_id: string;
  client_scopes: GrantedScope[];
  organization_ids: string[] | null;
}

/**
 * Tokens of every kind to their actors. What a token gives is read again twice a second while it is in use, so that
 * revoking it, locking its user or disabling its client acts within a second in every process.
 */
@Injectable()
export class CredentialService extends Authenticator {
  private readonly actors = new BriefCache<Actor | undefined>(MAX_CACHED);
  /** Keys of actors by the hashes of their tokens. */
  private readonly keys = new LRUCache<string, string>({ max: MAX_CACHED });

  constructor(
    private readonly database: Database,
    private readonly jwt: AccessTokenJwt,
  ) {
    super();
  }

  override async authenticate(token: string): Promise<Actor | undefined> {
    const kind = tokenKind(token);
    if (kind === undefined) return undefined;
    const key = token.length <= LONGEST_KEY ? token : textOf(tokenHash(token));
    const actor = await this.actors.get(key, () => {
      const hash = tokenHash(token);
      this.keys.set(textOf(hash), key);
      if (kind === 'jwt') return this.readIssued(token);
      return kind === 'token' ? this.readToken(hash) : this.readSession(hash);
    });
    return actor && actor.credential.expiresAt!.getTime() > Date.now() ? actor : undefined;
  }

  /** After a change to a token in this process; the others notice by themselves. */
  forget(hash: Buffer): void {
    this.actors.forget(this.keys.get(textOf(hash)) ?? '');
  }

  private async readSession(hash: Buffer): Promise<Actor | undefined> {
    const row = await this.findOne<UserColumns & { id: string; unnoticed: boolean }>(FIND_SESSION, hash);
    if (row?.unnoticed) await this.noteUse(SEEN_SESSION, row.id);
    return row && { ...userOf(row), credential: credentialOf('session', row), granted: ALL_SCOPES };
  }

  private async readToken(hash: Buffer): Promise<Actor | undefined> {
    const row = await this.findOne<TokenRow>(FIND_TOKEN, hash);
    if (row?.unnoticed) await this.noteUse(USED_TOKEN, row.id);
    return row && { ...userOf(row), credential: credentialOf('token', row), granted: row.scopes };
  }

  private async readIssued(token: string): Promise<Actor | undefined> {
    const jti = await this.jwt.verify(token);
    const row = jti === undefined ? undefined : await this.findOne<IssuedRow>(FIND_ISSUED, jti);
    if (!row) return undefined;
    return {
      ...userOf(row),
      clientId: row.client_id,
      credential: credentialOf('oauth', row),
      // A scope that was taken from the client is gone from the tokens it has.
      granted: row.scopes.filter((scope) => row.client_scopes.some((held) => scopeCovers(held, scope))),
      ...(row.organization_ids && { organizationIds: row.organization_ids }),
    };
  }

  private findOne<T>(query: string, key: Buffer | string): Promise<T | undefined> {
    return this.database.asSystem(async (manager) => (await manager.query<T[]>(query, [key]))[0]);
  }

  private async noteUse(statement: string, id: string): Promise<void> {
    await this.database.asSystem((manager) => manager.query(statement, [id]));
  }
}

const textOf = (hash: Buffer): string => hash.toString('base64');

const userOf = (row: UserColumns) => ({ userId: row.user_id, email: row.email, systemAdmin: row.system_admin });

const credentialOf = <K extends Actor['credential']['kind']>(kind: K, row: UserColumns & { id: string }) => ({
  kind,
  id: row.id,
  expiresAt: row.expires_at,
});
