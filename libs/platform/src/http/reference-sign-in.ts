import { Injectable } from '@nestjs/common';

/** Where the sign-in of the API reference ends, in the browser. */
export const REFERENCE_REDIRECT_PATH = '/swagger/oauth2-redirect.html';

/** As which OAuth2 client people sign in to try the API in its reference: told by whoever serves OAuth2. */
@Injectable()
export class ReferenceSignIn {
  private client: { clientId: string; redirectUri: string } | undefined;

  /** @param client a public one, which may use the authorization code grant with PKCE (RFC 7636). */
  offer(client: { clientId: string; redirectUri: string }): void {
    this.client = client;
  }

  /** Options of Swagger UI; without a client its users type one. Scopes that only read are chosen beforehand. */
  options(scopes: readonly string[]): object {
    if (!this.client) return {};
    return {
      oauth2RedirectUrl: this.client.redirectUri,
      initOAuth: {
        clientId: this.client.clientId,
        usePkceWithAuthorizationCodeGrant: true,
        scopeSeparator: ' ',
        scopes: scopes.filter((scope) => scope.endsWith(':read')),
      },
    };
  }
}
