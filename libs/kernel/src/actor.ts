import type { GrantedScope, Role } from './scopes';

/** Who makes a request: the same shape for every kind of credential and every transport. */
export interface Actor {
  userId: string;
  email: string;
  systemAdmin: boolean;
  /** The OAuth2 client that acts, where there is one. */
  clientId?: string;
  credential: { kind: 'session' | 'token' | 'oauth'; id: string; expiresAt?: Date };
  /** Scopes of the credential, before the role is applied. */
  granted: readonly GrantedScope[];
  /** The organizations the credential is confined to, where it is; it opens no other. */
  organizationIds?: readonly string[];
}

/** An actor inside one organization, with the rights that hold there. */
export interface Member extends Actor {
  organizationId: string;
  role: Role;
  /** Effective rights: scopes of the credential that the role includes. */
  scopes: readonly GrantedScope[];
}
