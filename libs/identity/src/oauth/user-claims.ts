import type { AccountClaims } from 'oidc-provider';
import type { User } from '../users/user.entity';

/** The claims of OpenID Connect Core, section 5.1, that we know of a user; scopes select among them. */
export const userClaims = (user: User): AccountClaims => ({
  sub: user.id,
  name: `${user.firstName} ${user.lastName}`.trim(),
  given_name: user.firstName,
  family_name: user.lastName,
  updated_at: Math.floor(user.updatedAt.getTime() / 1000),
  email: user.email,
});
