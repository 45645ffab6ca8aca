import { createHash, randomBytes } from 'node:crypto';
import { base64url, challengeOf, claimsOf } from './pkce';
import { sha256 } from './sha256';

describe('signing in with PKCE', () => {
  it('makes the challenge of RFC 7636, appendix B', async () => {
    const challenge = await challengeOf('dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk');
    expect(challenge).toBe('E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM');
  });

  it.each([0, 1, 55, 56, 63, 64, 65, 200])('has the digest of a browser that has one: %i bytes', (length) => {
    const bytes = new Uint8Array(randomBytes(length));
    expect(base64url(sha256(bytes))).toBe(createHash('sha256').update(bytes).digest('base64url'));
  });

  it('reads claims, whatever letters are in them', () => {
    const payload = Buffer.from(JSON.stringify({ nonce: 'n', name: 'Jürgen ☂' })).toString('base64url');
    expect(claimsOf(`e30.${payload}.sig`)).toEqual({ nonce: 'n', name: 'Jürgen ☂' });
  });
});
