import type { DatabaseSchema } from '#platform/database';
import { AccessToken } from './access-tokens/access-token.entity';
import { Consent } from './oauth/consent.entity';
import { IdentityProvider } from './identity-providers/identity-provider.entity';
import { IdentityProviderLink } from './identity-providers/identity-provider-link.entity';
import { IdentityProviders1700000002004 } from './migrations/1700000002004-identity-providers';
import { IdentityProviderSignIn } from './identity-providers/identity-provider-sign-in.entity';
import { IssuedToken } from './oauth/issued-token.entity';
import { Identity1700000002000 } from './migrations/1700000002000-identity';
import { OAuth1700000002001 } from './migrations/1700000002001-oauth';
import { ClientManagement1700000002002 } from './migrations/1700000002002-client-management';
import { Users1700000002003 } from './migrations/1700000002003-users';
import { OAuthClient } from './oauth-clients/oauth-client.entity';
import { OidcPayload } from './oauth/oidc-payload.entity';
import { Session } from './sign-in/session.entity';
import { SignInAttempts } from './sign-in/sign-in-attempts.entity';
import { SigningKey } from './oauth/signing-key.entity';
import { User } from './users/user.entity';

export const identitySchema: DatabaseSchema = {
  entities: [
    User,
    Session,
    AccessToken,
    OAuthClient,
    OidcPayload,
    IssuedToken,
    SigningKey,
    Consent,
    SignInAttempts,
    IdentityProvider,
    IdentityProviderLink,
    IdentityProviderSignIn,
  ],
  migrations: [
    Identity1700000002000,
    OAuth1700000002001,
    ClientManagement1700000002002,
    Users1700000002003,
    IdentityProviders1700000002004,
  ],
};
