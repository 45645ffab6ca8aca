import { Injectable } from '@nestjs/common';
import { BriefCache } from '#platform/cache';
import { SecretBox } from '#platform/crypto';
import { Database } from '#platform/database';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';
import { SigningKey } from './signing-key.entity';

const PURPOSE = 'signing-key';
const ALGORITHM = 'RS256';
const KEY_LOCK = 7_243_011;

/** A key that is taken away stops verifying within a minute. */
const PUBLIC_KEY_FRESH_MS = 60_000;

/** The keys behind access tokens (RFC 7517), kept sealed in the database and so the same for every process. */
@Injectable()
export class SigningKeys {
  private readonly publicKeys = new BriefCache<CryptoKey | undefined>(100, PUBLIC_KEY_FRESH_MS);

  constructor(
    private readonly database: Database,
    private readonly secrets: SecretBox,
  ) {}

  /** Makes the first key; processes that start together make one. */
  async ensure(): Promise<void> {
    await this.database.asSystem(async (manager) => {
      await manager.query('SELECT pg_advisory_xact_lock($1)', [KEY_LOCK]);
      if (await manager.existsBy(SigningKey, {})) return;
      const { privateKey, publicKey } = await generateKeyPair(ALGORITHM, { extractable: true });
      const publicJwk = await exportJWK(publicKey);
      const kid = await calculateJwkThumbprint(publicJwk);
      const sealed = this.secrets.seal(PURPOSE, JSON.stringify(await exportJWK(privateKey)));
      await manager.insert(SigningKey, { kid, publicJwk, sealed });
    });
  }

  /** The private keys, the one that signs first. @throws Error when HUB_SECRET_KEY is not the one they were sealed with. */
  async all(): Promise<JWK[]> {
    const rows = await this.database.asSystem((manager) =>
      manager.find(SigningKey, { order: { createdAt: 'DESC', kid: 'ASC' } }),
    );
    return rows.map(({ kid, sealed }) => ({ ...this.open(sealed), kid, alg: ALGORITHM, use: 'sig' }));
  }

  /** What verifies a token that names this key; undefined for keys that are none of ours. */
  publicKey(kid: string): Promise<CryptoKey | undefined> {
    return this.publicKeys.get(kid, async () => {
      const row = await this.database.asSystem((manager) => manager.findOneBy(SigningKey, { kid }));
      return row ? ((await importJWK(row.publicJwk as JWK, ALGORITHM)) as CryptoKey) : undefined;
    });
  }

  private open(sealed: Buffer): JWK {
    try {
      return JSON.parse(this.secrets.open(PURPOSE, sealed)) as JWK;
    } catch (cause) {
      throw new Error('HUB_SECRET_KEY: the stored signing keys were sealed with another key', { cause });
    }
  }
}
