import type { SecretBox } from '#platform/crypto';
import { tokenHash } from '#platform/crypto';
import type { Database } from '#platform/database';
import type { Adapter, AdapterPayload, ClientMetadata } from 'oidc-provider';
import type { OAuthClient } from '../oauth-clients/oauth-client.entity';
import type { OAuthClientsRepository } from '../oauth-clients/oauth-clients.repository';
import { secretHashes } from '../oauth-clients/client-secret';
import { OidcPayload } from './oidc-payload.entity';

const PURPOSE = 'oidc-payload';

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

  async consume(id: string): Promise<void> {
    const key = { model: this.model, idHash: tokenHash(id) };
    await this.database.asSystem((manager) => manager.update(OidcPayload, key, { consumedAt: new Date() }));
  }

  async destroy(id: string): Promise<void> {
    const key = { model: this.model, idHash: tokenHash(id) };
    await this.database.asSystem((manager) => manager.delete(OidcPayload, key));
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    await this.database.asSystem(async (manager) => {
      await manager.delete(OidcPayload, { model: this.model, grantId });
      await manager.query('UPDATE issued_tokens SET revoked_at = now() WHERE grant_id = $1 AND revoked_at IS NULL', [
        grantId,
      ]);
    });
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

const notKept = (): Promise<never> => Promise.reject(new Error('clients are registered by /oauth2/clients alone'));

/** The registered clients as `oidc-provider` wants them. It never writes any. */
export class OidcClients implements Adapter {
  readonly upsert = notKept;
  readonly consume = notKept;
  readonly destroy = notKept;
  readonly revokeByGrantId = notKept;
  readonly findByUid = notKept;
  readonly findByUserCode = notKept;

  constructor(
    private readonly clients: OAuthClientsRepository,
    private readonly offered: readonly string[],
  ) {}

  async find(clientId: string): Promise<AdapterPayload | undefined> {
    const client = await this.clients.findEnabled(clientId);
    return client ? toMetadata(client, this.offered) : undefined;
  }
}

/** A client with the grant types that are offered; names of RFC 7591, section 2. */
function toMetadata(client: OAuthClient, offered: readonly string[]): ClientMetadata {
  const grantTypes = client.grantTypes.filter((type) => offered.includes(type));
  const byCode = grantTypes.includes('authorization_code');
  return {
    client_id: client.clientId,
    client_name: client.name,
    grant_types: grantTypes,
    response_types: byCode ? ['code'] : [],
    redirect_uris: byCode ? client.redirectUris : [],
    // The provider holds what to compare with: here hashes, see `compareClientSecret`.
    ...(client.secretHash && { client_secret: secretHashes(client).map(toHex).join('.') }),
    token_endpoint_auth_method: client.secretHash ? 'client_secret_basic' : 'none',
  };
}

const toHex = (hash: Buffer): string => hash.toString('hex');
