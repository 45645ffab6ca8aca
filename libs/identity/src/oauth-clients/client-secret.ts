import { timingSafeEqual } from 'node:crypto';
import { tokenHash } from '#platform/crypto';
import type { OAuthClient } from './oauth-client.entity';

type Secrets = Pick<OAuthClient, 'secretHash' | 'previousSecretHash' | 'previousSecretExpiresAt'>;

/** The hashes of the secrets that prove a client now: its own, and until its time the one before. None for public clients. */
export function secretHashes(
  { secretHash, previousSecretHash, previousSecretExpiresAt }: Secrets,
  now = Date.now(),
): Buffer[] {
  const overlaps = previousSecretHash && previousSecretExpiresAt && previousSecretExpiresAt.getTime() > now;
  return [secretHash, overlaps ? previousSecretHash : null].filter((hash) => hash !== null);
}

/** Whether a secret is that of one of the hashes. Compares with all, each in constant time. */
export function provesOneOf(hashes: readonly Buffer[], secret: string): boolean {
  const hash = tokenHash(secret);
  return hashes.filter((known) => timingSafeEqual(hash, known)).length > 0;
}

/** Whether a client is who it says: a public one by its id alone, a confidential one by a secret of its own. */
export const provesClient = (client: OAuthClient, secret: string | undefined): boolean =>
  client.secretHash === null ? secret === undefined : secret !== undefined && provesOneOf(secretHashes(client), secret);
