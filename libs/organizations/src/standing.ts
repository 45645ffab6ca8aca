import { DomainError, effectiveScopes, forbidden, roleScopes, type Actor, type Member, type Role } from '#kernel';
import type { Maintenance } from './organization.entity';

/** What an organization knows about one user. */
export interface Standing {
  status: 'active' | 'suspended';
  maintenance: Maintenance | null;
  role: Role | undefined;
}

export interface StandingOptions {
  /** System administrators come in all the same. */
  evenSuspended?: boolean;
}

/** How long those who are turned away by maintenance without an end should wait. */
const MAINTENANCE_RETRY_SECONDS = 60;

/**
 * The contract's order of checks once a caller names an organization. An organization that does not exist (no standing)
 * answers like one whose member the caller is not.
 * @throws DomainError `forbidden`, `organization_suspended` or `maintenance`.
 */
export function toMember(
  actor: Actor,
  organizationId: string,
  standing: Standing | undefined,
  now: Date,
  { evenSuspended = false }: StandingOptions = {},
): Member {
  const confined = actor.organizationIds !== undefined && !actor.organizationIds.includes(organizationId);
  const role = actor.systemAdmin ? 'admin' : standing?.role;
  if (!standing || !role || confined) throw forbidden('You are not a member of this organization');
  if (standing.status === 'suspended' && !(evenSuspended && actor.systemAdmin)) {
    throw new DomainError('organization_suspended', 'This organization is suspended');
  }
  if (standing.maintenance && role !== 'admin') throwIfClosed(standing.maintenance, now);
  const scopes = scopesOf(actor, role);
  return { ...actor, organizationId, role, scopes };
}

/** By what was granted: actors are the same objects for as long as their credential is not read again. */
const known = new WeakMap<Actor['granted'], Map<string, Member['scopes']>>();

function scopesOf({ granted, systemAdmin }: Actor, role: Role): Member['scopes'] {
  const byRole = known.get(granted) ?? new Map<string, Member['scopes']>();
  const key = systemAdmin ? 'system' : role;
  const scopes = byRole.get(key) ?? effectiveScopes(granted, roleScopes(role, systemAdmin));
  known.set(granted, byRole.set(key, scopes));
  return scopes;
}

function throwIfClosed({ message, until }: Maintenance, now: Date): void {
  const seconds = until === undefined ? MAINTENANCE_RETRY_SECONDS : (Date.parse(until) - now.getTime()) / 1000;
  // Maintenance whose end was announced ends by itself.
  if (seconds > 0) throw new DomainError('maintenance', message, undefined, seconds);
}
