import type { DatabaseSchema } from '#platform/database';
import { AccessToken } from './access-tokens/access-token.entity';
import { IssuedToken } from './oauth/issued-token.entity';
import { Identity1700000002000 } from './migrations/1700000002000-identity';
import { Users1700000002003 } from './migrations/1700000002003-users';
import { OAuthClient } from './oauth-clients/oauth-client.entity';
import { OidcPayload } from './oauth/oidc-payload.entity';
import { Session } from './sign-in/session.entity';
import { SignInAttempts } from './sign-in/sign-in-attempts.entity';
import { SigningKey } from './oauth/signing-key.entity';
import { User } from './users/user.entity';

export const identitySchema: DatabaseSchema = {
  entities: [User, Session, AccessToken, OAuthClient, OidcPayload, IssuedToken, SigningKey, SignInAttempts],
  migrations: [Identity1700000002000, Users1700000002003],
};
