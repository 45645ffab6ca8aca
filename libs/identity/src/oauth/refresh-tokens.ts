import { Injectable } from '@nestjs/common';
import type Provider from 'oidc-provider';
import { OAuthProvider } from './oauth-provider';

export type RefreshToken = InstanceType<Provider['RefreshToken']>;

/** Refresh tokens as they are presented outside the token endpoint. */
@Injectable()
export class RefreshTokens {
  constructor(private readonly providers: OAuthProvider) {}

  /** One that has not expired, used or not, whose grant still holds. */
  async find(token: string): Promise<RefreshToken | undefined> {
    const provider = await this.providers.get();
    const found = await provider.RefreshToken.find(token);
    return found?.grantId && (await provider.Grant.find(found.grantId)) ? found : undefined;
  }
}
