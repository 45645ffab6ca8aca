import { Injectable } from '@nestjs/common';
import { Config } from '#platform/config';
import { errors, jwtVerify } from 'jose';
import { isKeyName, SigningKeys } from './signing-keys';

/** What access tokens are for (the `aud` claim): this API. */
export const audienceOf = (config: Config): string => `${config.http.publicUrl}/api/v1`;

/** Checks the tokens of our OAuth2 server by themselves (RFC 9068); whether they still hold is the database's to say. */
@Injectable()
export class AccessTokenJwt {
  constructor(
    private readonly config: Config,
    private readonly keys: SigningKeys,
  ) {}

  /** The token's id (`jti`); undefined for a token that is expired, changed, or not ours. */
  async verify(token: string): Promise<string | undefined> {
    try {
      const { payload } = await jwtVerify(token, ({ kid }) => this.key(kid), {
        algorithms: ['RS256'],
        typ: 'at+jwt',
        issuer: this.config.http.publicUrl,
        audience: audienceOf(this.config),
        requiredClaims: ['jti', 'exp', 'sub', 'client_id'],
      });
      return payload.jti;
    } catch (error) {
      if (error instanceof errors.JOSEError) return undefined;
      throw error;
    }
  }

  /** The header is as yet unchecked, and a stranger's. */
  private async key(kid: unknown) {
    const key = isKeyName(kid) ? await this.keys.publicKey(kid) : undefined;
    if (!key) throw new errors.JWKSNoMatchingKey();
    return key;
  }
}
