import type { DatabaseSchema } from '#platform/database';
import { AccessToken } from './access-token.entity';
import { IssuedToken } from './issued-token.entity';
import { Identity1700000002000 } from './migrations/1700000002000-identity';
import { OAuthClient } from './oauth-client.entity';
import { OidcPayload } from './oidc-payload.entity';
import { Session } from './session.entity';
import { SigningKey } from './signing-key.entity';
import { User } from './user.entity';

export const identitySchema: DatabaseSchema = {
  entities: [User, Session, AccessToken, OAuthClient, OidcPayload, IssuedToken, SigningKey],
  migrations: [Identity1700000002000],
};
