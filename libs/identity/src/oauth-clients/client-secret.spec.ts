import { tokenHash } from '#platform/crypto';
import { provesOneOf, secretHashes } from './client-secret';

const NOW = 1_000_000;
const client = (previousUntil: number) => ({
  secretHash: tokenHash('new'),
  previousSecretHash: tokenHash('old'),
  previousSecretExpiresAt: new Date(previousUntil),
});

describe('the secrets of a client', () => {
  it('are the new one, and the one before while that overlaps', () => {
    const during = secretHashes(client(NOW + 1), NOW);
    const after = secretHashes(client(NOW), NOW);
    expect(['new', 'old', 'other'].map((secret) => provesOneOf(during, secret))).toEqual([true, true, false]);
    expect(['new', 'old'].map((secret) => provesOneOf(after, secret))).toEqual([true, false]);
  });

  it('are none for a public client, which nothing proves', () => {
    const none = secretHashes({ secretHash: null, previousSecretHash: null, previousSecretExpiresAt: null });
    expect(none).toEqual([]);
    expect(provesOneOf(none, 'anything')).toBe(false);
  });
});
