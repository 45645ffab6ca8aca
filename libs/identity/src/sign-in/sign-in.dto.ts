import { IsNotEmpty, IsString, MaxLength } from 'class-validator';
import type { OwnOrganization } from '#organizations';
import type { Actor, Role } from '#kernel';
import { IsNewPassword, IsPassword } from '../passwords/password.dto';
import { IfGiven } from '#platform/http';
import type { User } from '../users/user.entity';

export class SignInRequest {
  /** @example "admin@maestrohub.local" */
  @IsString()
  @IsNotEmpty()
  @MaxLength(320)
  email!: string;

  /** @example "correct horse battery" */
  @IsPassword()
  password!: string;

  /** Takes the password's place; needed to sign in where the password must be changed. */
  @IfGiven()
  @IsNewPassword({ required: false })
  newPassword?: string;
}

export class UserView {
  /** @example "0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d" */
  id!: string;

  /** @example "admin@maestrohub.local" */
  email!: string;

  firstName!: string;

  lastName!: string;

  /** Counts as admin of every organization. */
  systemAdmin!: boolean;
}

export class OwnOrganizationView {
  /** @example "0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d" */
  id!: string;

  /** @example "Plant North" */
  name!: string;

  role!: Role;
}

export class SignInView {
  /** Bearer token for all requests. @example "mh_session_0qD8bX3kVn5tYc2mZs7wLh4rGj9fKp6aTe1uRi8oNxW" */
  accessToken!: string;

  /** Seconds. @example 43200 */
  expiresIn!: number;

  user!: UserView;

  organizations!: OwnOrganizationView[];
}

export class CredentialView {
  kind!: 'session' | 'token' | 'oauth';

  id!: string;

  /** The OAuth2 client that acts, where there is one. */
  clientId?: string;

  expiresAt?: Date;
}

export class ProfileView {
  user!: UserView;

  organizations!: OwnOrganizationView[];

  credential!: CredentialView;

  /** Scopes of the credential. In an organization they hold as far as the role there includes them. @example ["uns:read"] */
  scopes!: string[];
}

export const toUserView = ({ id, email, firstName, lastName, systemAdmin }: User): UserView => ({
  id,
  email,
  firstName,
  lastName,
  systemAdmin,
});

export const toProfileView = (actor: Actor, user: User, organizations: OwnOrganization[]): ProfileView => ({
  user: toUserView(user),
  organizations,
  credential: { ...actor.credential, clientId: actor.clientId },
  scopes: [...actor.granted],
});
