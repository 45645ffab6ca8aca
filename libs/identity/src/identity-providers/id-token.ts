import { errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { ProviderProblem } from './bounded-fetch';
import type { Claims } from './company-claims';

/** Signatures by the company's private key; never `none`, nor one that whoever has the public key could make. */
const ALGORITHMS = [
  ...['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512'],
  ...['ES256', 'ES384', 'ES512', 'Ed25519', 'EdDSA'],
];

/** Seconds by which the clocks of the company and of this machine may differ. */
const CLOCK_TOLERANCE = 60;

/** It has just been fetched. */
const MAX_AGE = '10 minutes';

const LONGEST = 64 * 1024;

export interface IdTokenExpectation {
  keys: JWTVerifyGetKey;
  issuer: string;
  clientId: string;
  nonce: string;
}

export interface IdTokenClaims extends Claims {
  sub: string;
}

/** @throws ProviderProblem for a token that does not hold (OpenID Connect Core, section 3.1.3.7), or whose keys cannot be had. */
export async function verifyIdToken(token: unknown, expected: IdTokenExpectation): Promise<IdTokenClaims> {
  if (typeof token !== 'string' || token.length > LONGEST) throw new ProviderProblem('gives no usable ID token');
  const claims = await verified(token, expected);
  const { aud, azp, nonce, sub } = claims;
  if (azp === undefined ? Array.isArray(aud) && aud.length > 1 : azp !== expected.clientId) {
    throw new ProviderProblem('gives an ID token made for another client (azp)');
  }
  if (nonce !== expected.nonce) throw new ProviderProblem('gives an ID token of another sign-in (nonce)');
  if (typeof sub !== 'string' || !/^[^\p{Cc}]{1,255}$/u.test(sub)) {
    throw new ProviderProblem('gives an ID token without a usable subject');
  }
  return { ...claims, sub };
}

async function verified(token: string, { keys, issuer, clientId }: IdTokenExpectation): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, keys, {
      algorithms: ALGORITHMS,
      issuer,
      audience: clientId,
      clockTolerance: CLOCK_TOLERANCE,
      maxTokenAge: MAX_AGE,
      requiredClaims: ['sub', 'exp', 'iat', 'nonce'],
    });
    return payload;
  } catch (error) {
    if (!(error instanceof errors.JOSEError)) throw error;
    throw new ProviderProblem(`gives an ID token that does not hold: ${error.message}`, { cause: error });
  }
}
