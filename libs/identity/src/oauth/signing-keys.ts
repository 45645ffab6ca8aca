import { Injectable } from '@nestjs/common';
import { conflict, notFound } from '#kernel';
import { BriefCache } from '#platform/cache';
import { SecretBox } from '#platform/crypto';
import { Database } from '#platform/database';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey, type JWK } from 'jose';
import { LRUCache } from 'lru-cache';
import type { EntityManager } from 'typeorm';
import { keySchedule, outlivedKeys, rotationIsDue, type KeyState } from './key-schedule';
import { SigningKey } from './signing-key.entity';

const PURPOSE = 'signing-key';
const ALGORITHM = 'RS256';
const KEY_LOCK = 7_243_011;

/** Time for every process, and everybody who keeps a copy of the key set, to learn of a new key before it signs. */
const GRACE_MS = 5 * 60_000;

/** Retired keys stay for a day: rotating more often than that is a fault, not a precaution. */
const MOST_KEYS = 10;

const ALL = 'all';

/** A thumbprint (RFC 7638) as we make them; anything else names no key, and may be what no query takes. */
export const isKeyName = (kid: unknown): kid is string => typeof kid === 'string' && /^[\w-]{43}$/.test(kid);

/**
 * The keys behind access tokens (RFC 7517), kept sealed in the database and so the same for every process. A process
 * takes up what another has changed within 250 ms.
 */
@Injectable()
export class SigningKeys {
  private readonly rows = new BriefCache<SigningKey[]>(1);
  private readonly imported = new LRUCache<string, Promise<CryptoKey>>({ max: 2 * MOST_KEYS });

  constructor(
    private readonly database: Database,
    private readonly secrets: SecretBox,
  ) {}

  /** Makes the first key; processes that start together make one. */
  async ensure(): Promise<void> {
    await this.changing(async (manager) => {
      if (!(await manager.existsBy(SigningKey, {}))) await this.add(manager, 0);
    });
  }

  /** The private keys, the one that signs first. @throws Error when HUB_SECRET_KEY is not the one they were sealed with. */
  async all(): Promise<JWK[]> {
    const rows = new Map((await this.current()).map((row) => [row.kid, row]));
    return keySchedule([...rows.values()], Date.now()).map(({ kid }) => ({
      ...this.open(rows.get(kid)!.sealed),
      kid,
      alg: ALGORITHM,
      use: 'sig',
    }));
  }

  /** The keys with their places, the one that signs first. */
  async schedule(): Promise<KeyState[]> {
    return keySchedule(await this.current(), Date.now());
  }

  /** What verifies a token that names this key; undefined for keys that are none of ours. */
  async publicKey(kid: string): Promise<CryptoKey | undefined> {
    let row = (await this.current()).find((key) => key.kid === kid);
    if (!row) {
      // Perhaps another process has just begun to sign with it.
      this.rows.forget(ALL);
      row = (await this.current()).find((key) => key.kid === kid);
    }
    if (!row) return undefined;
    const known = this.imported.get(kid);
    if (known) return known;
    const importing = importJWK(row.publicJwk as JWK, ALGORITHM) as Promise<CryptoKey>;
    this.imported.set(kid, importing);
    return importing;
  }

  /**
   * Publishes a new key, which signs after five minutes; or at once, for one that takes the place of a key that others
   * may have. @throws DomainError `conflict` while one is on its way already, or there are too many.
   */
  rotate(immediately = false): Promise<KeyState> {
    return this.changing(async (manager) => {
      const keys = await manager.find(SigningKey);
      if (keys.length >= MOST_KEYS)
        throw conflict('There are too many signing keys; those that retire are gone in a day');
      const upcoming = keySchedule(keys, Date.now()).filter(({ status }) => status === 'verifying');
      if (immediately) {
        for (const { kid } of upcoming) await manager.delete(SigningKey, { kid });
      } else if (upcoming.length > 0) {
        throw conflict('A new signing key is published already');
      }
      const kid = await this.add(manager, immediately ? 0 : GRACE_MS);
      return keySchedule(await manager.find(SigningKey), Date.now()).find((key) => key.kid === kid)!;
    });
  }

  /** Removes a key: whatever it signed is refused. @throws DomainError `not_found`; `conflict` for the last one. */
  distrust(kid: string): Promise<void> {
    return this.changing(async (manager) => {
      if (!isKeyName(kid) || !(await manager.existsBy(SigningKey, { kid }))) throw notFound('Signing key');
      if ((await manager.count(SigningKey)) === 1) throw conflict('The last signing key cannot be removed');
      await manager.delete(SigningKey, { kid });
    });
  }

  /** Removes keys that nothing rests on any more, and publishes a new one after 90 days. Gives their ids. */
  keepFresh(): Promise<{ published: string | undefined; removed: string[] }> {
    return this.changing(async (manager) => {
      const now = Date.now();
      const schedule = keySchedule(await manager.find(SigningKey), now);
      const removed = outlivedKeys(schedule, now);
      for (const kid of removed) await manager.delete(SigningKey, { kid });
      return { published: rotationIsDue(schedule, now) ? await this.add(manager, GRACE_MS) : undefined, removed };
    });
  }

  private current(): Promise<SigningKey[]> {
    return this.rows.get(ALL, () => this.database.asSystem((manager) => manager.find(SigningKey)));
  }

  /** One change at a time, in whatever process. */
  private async changing<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    try {
      return await this.database.asSystem(async (manager) => {
        await manager.query('SELECT pg_advisory_xact_lock($1)', [KEY_LOCK]);
        return work(manager);
      });
    } finally {
      this.rows.forget(ALL);
    }
  }

  private async add(manager: EntityManager, graceMs: number): Promise<string> {
    const { privateKey, publicKey } = await generateKeyPair(ALGORITHM, { extractable: true });
    const publicJwk = await exportJWK(publicKey);
    const kid = await calculateJwkThumbprint(publicJwk);
    const sealed = this.secrets.seal(PURPOSE, JSON.stringify(await exportJWK(privateKey)));
    await manager.insert(SigningKey, { kid, publicJwk, sealed, signsFrom: new Date(Date.now() + graceMs) });
    return kid;
  }

  private open(sealed: Buffer): JWK {
    try {
      return JSON.parse(this.secrets.open(PURPOSE, sealed)) as JWK;
    } catch (cause) {
      throw new Error('HUB_SECRET_KEY: the stored signing keys were sealed with another key', { cause });
    }
  }
}
