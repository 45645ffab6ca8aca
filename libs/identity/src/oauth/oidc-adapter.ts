import type { SecretBox } from '#platform/crypto';
import { tokenHash } from '#platform/crypto';
import type { Database } from '#platform/database';
import { errors, type Adapter, type AdapterPayload, type ClientMetadata } from 'oidc-provider';
import type { OAuthClient } from '../oauth-clients/oauth-client.entity';
import type { OAuthClientsRepository } from '../oauth-clients/oauth-clients.repository';
import { OidcPayload } from './oidc-payload.entity';
import { endGrant } from './user-grants';

const PURPOSE = 'oidc-payload';

/** Marks a document as consumed; `fresh` says whether this is the first time. */
const CONSUME = `
  UPDATE oidc_payloads new SET consumed_at = coalesce(new.consumed_at, now())
  FROM (SELECT model, id_hash, consumed_at FROM oidc_payloads WHERE model = $1 AND id_hash = $2 FOR UPDATE) old
  WHERE new.model = old.model AND new.id_hash = old.id_hash
  RETURNING old.consumed_at IS NULL AS fresh, new.grant_id`;

/** Where `oidc-provider` keeps the documents of one of its models. */
export class OidcPayloads implements Adapter {
  constructor(
    private readonly model: string,
    private readonly database: Database,
    private readonly secrets: SecretBox,
  ) {}

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    const row = {
      model: this.model,
      idHash: tokenHash(id),
      sealed: this.secrets.seal(PURPOSE, JSON.stringify(payload)),
      grantId: payload.grantId ?? null,
      uid: payload.uid ?? null,
      accountId: accountOf(payload),
      expiresAt: expiresIn === undefined ? null : new Date(Date.now() + expiresIn * 1000),
    };
    await this.database.asSystem((manager) => manager.upsert(OidcPayload, row, ['model', 'idHash']));
  }

  find(id: string): Promise<AdapterPayload | undefined> {
    return this.findBy({ idHash: tokenHash(id) });
  }

  findByUid(uid: string): Promise<AdapterPayload | undefined> {
    return this.findBy({ uid });
  }

  /** Codes of the device flow, which is not offered. */
  findByUserCode(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  /**
   * Codes and refresh tokens work once. Of two requests that come with the same one at once, the later ends what the
   * earlier gets, as it would had it come after.
   */
  async consume(id: string): Promise<void> {
    const [[row]] = await this.database.asSystem((manager) =>
      manager.query<[[{ fresh: boolean; grant_id: string | null }?], number]>(CONSUME, [this.model, tokenHash(id)]),
    );
    if (row?.fresh) return;
    if (row?.grant_id) await this.revokeByGrantId(row.grant_id);
    throw new errors.InvalidGrant('already used');
  }

  async destroy(id: string): Promise<void> {
    if (this.model === 'Grant') return this.revokeByGrantId(id);
    const key = { model: this.model, idHash: tokenHash(id) };
    await this.database.asSystem((manager) => manager.delete(OidcPayload, key));
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await this.database.asSystem((manager) => endGrant(manager, grantId));
  }

  private async findBy(key: { idHash: Buffer } | { uid: string }): Promise<AdapterPayload | undefined> {
    const row = await this.database.asSystem((manager) =>
      manager.findOneBy(OidcPayload, { model: this.model, ...key }),
    );
    if (!row || (row.expiresAt && row.expiresAt.getTime() <= Date.now())) return undefined;
    const payload = JSON.parse(this.secrets.open(PURPOSE, row.sealed)) as AdapterPayload;
    return row.consumedAt ? { ...payload, consumed: Math.floor(row.consumedAt.getTime() / 1000) } : payload;
  }
}

/** The user of a session, grant, code or token, and of a sign-in that is under way. */
const accountOf = (payload: AdapterPayload): string | null =>
  payload.accountId ?? payload.session?.accountId ?? payload.result?.login?.accountId ?? null;

const notKept = (): Promise<never> => Promise.reject(new Error('clients are registered by /oauth2/clients alone'));

/** The registered clients as `oidc-provider` wants them. It never writes any. */
export class OidcClients implements Adapter {
  readonly upsert = notKept;
  readonly consume = notKept;
  readonly destroy = notKept;
  readonly revokeByGrantId = notKept;
  readonly findByUid = notKept;
  readonly findByUserCode = notKept;

  constructor(private readonly clients: OAuthClientsRepository) {}

  async find(clientId: string): Promise<AdapterPayload | undefined> {
    const client = await this.clients.findEnabled(clientId);
    return client ? toMetadata(client) : undefined;
  }
}

/** Not of RFC 7591: the life of a client's refresh tokens in seconds. */
export const REFRESH_TTL = 'refresh_token_ttl';

/** Names of RFC 7591, section 2. */
function toMetadata(client: OAuthClient): ClientMetadata {
  const byCode = client.grantTypes.includes('authorization_code');
  return {
    client_id: client.clientId,
    client_name: client.name,
    grant_types: [...client.grantTypes],
    response_types: byCode ? ['code'] : [],
    redirect_uris: byCode ? client.redirectUris : [],
    // The provider holds what to compare with: here a hash, see `compareClientSecret`.
    ...(client.secretHash && { client_secret: client.secretHash.toString('hex') }),
    token_endpoint_auth_method: client.secretHash ? 'client_secret_basic' : 'none',
    // Whoever holds a scheme of its own cannot be told from another application on the device (RFC 8252, section 8.6).
    application_type: client.redirectUris.every((uri) => /^https?:/i.test(uri)) ? 'web' : 'native',
    [REFRESH_TTL]: client.refreshTokenTtlSeconds,
  };
}
