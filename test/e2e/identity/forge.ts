import { SecretBox } from '#platform/crypto';
import type { TestApp } from '#testing';
import {
  decodeJwt,
  decodeProtectedHeader,
  exportSPKI,
  generateKeyPair,
  importJWK,
  SignJWT,
  type CryptoKey,
  type JWK,
  type JWTPayload,
} from 'jose';

export type Header = Record<string, unknown>;

export const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

/** Makes tokens that differ from a good one in one thing, signed with the platform's key or with one of an attacker's. */
export class Forge {
  private constructor(
    /** A token that works. */
    readonly token: string,
    readonly header: Header,
    readonly claims: JWTPayload,
    readonly publicJwk: JWK,
    readonly pem: string,
    private readonly ours: JWK,
    private readonly theirs: CryptoKey,
    readonly theirJwk: JWK,
  ) {}

  static async with(app: TestApp, token: string): Promise<Forge> {
    const header = decodeProtectedHeader(token);
    const [key] = await app.database.asSystem((manager) =>
      manager.query<{ public_jwk: JWK; sealed: Buffer }[]>(
        'SELECT public_jwk, sealed FROM signing_keys WHERE kid = $1',
        [header.kid],
      ),
    );
    const { privateKey, publicKey } = await generateKeyPair('RS256', { extractable: true });
    return new Forge(
      token,
      { ...header },
      decodeJwt(token),
      key!.public_jwk,
      await exportSPKI((await importJWK(key!.public_jwk, 'RS256', { extractable: true })) as CryptoKey),
      JSON.parse(app.nest.get(SecretBox).open('signing-key', key!.sealed)) as JWK,
      privateKey,
      await crypto.subtle.exportKey('jwk', publicKey),
    );
  }

  /** Signed with the platform's own key: only what the token says can be wrong. `undefined` leaves something out. */
  async signed(header: Header = {}, claims: JWTPayload = {}): Promise<string> {
    const alg = (header['alg'] as string | undefined) ?? 'RS256';
    return this.sign(
      await importJWK(this.ours, alg),
      { ...this.header, ...header, alg },
      { ...this.claims, ...claims },
    );
  }

  /** Signed with a key that is none of the platform's. */
  foreign(header: Header = {}, claims: JWTPayload = {}): Promise<string> {
    return this.sign(this.theirs, { ...this.header, ...header }, { ...this.claims, ...claims });
  }

  /** Signed with something that everybody knows, as if it were a shared secret. */
  symmetric(secret: string | Uint8Array, alg = 'HS256'): Promise<string> {
    const key = typeof secret === 'string' ? Buffer.from(secret) : secret;
    return this.sign(new Uint8Array(key), { ...this.header, alg }, this.claims);
  }

  private sign(key: CryptoKey | Uint8Array, header: Header, claims: JWTPayload): Promise<string> {
    return new SignJWT(claims).setProtectedHeader(header as { alg: string }).sign(key);
  }
}
