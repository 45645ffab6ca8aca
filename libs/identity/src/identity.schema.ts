import type { DatabaseSchema } from '#platform/database';
import { AccessToken } from './access-tokens/access-token.entity';
import { IssuedToken } from './oauth/issued-token.entity';
import { Identity1700000002000 } from './migrations/1700000002000-identity';
import { ClientManagement1700000002002 } from './migrations/1700000002002-client-management';
import { OAuthClient } from './oauth-clients/oauth-client.entity';
import { OidcPayload } from './oauth/oidc-payload.entity';
import { Session } from './sign-in/session.entity';
import { SigningKey } from './oauth/signing-key.entity';
import { User } from './users/user.entity';

export const identitySchema: DatabaseSchema = {
  entities: [User, Session, AccessToken, OAuthClient, OidcPayload, IssuedToken, SigningKey],
  migrations: [Identity1700000002000, ClientManagement1700000002002],
};
