import type { Role } from '#kernel';
import { normalEmail } from '../users/active-user';

/** What a company says of somebody, from its ID token and userinfo. */
export type Claims = Readonly<Record<string, unknown>>;

/** Whoever has the value among their roles at the company gets that role in the organization. */
export interface RoleRule {
  value: string;
  organizationId: string;
  role: Role;
}

const MOST_ROLES = 1_000;
const LONGEST_EMAIL = 320;
const LONGEST_NAME = 100;

const RANK: Record<Role, number> = { viewer: 0, editor: 1, admin: 2 };

/**
 * The e-mail address that the company has verified, in our form; undefined where there is none. An address without
 * `email_verified: true` is whatever somebody typed into their profile.
 */
export function verifiedEmail({ email, email_verified: verified }: Claims): string | undefined {
  if (typeof email !== 'string' || verified !== true || email.length > LONGEST_EMAIL) return undefined;
  return /^[^\s@\p{Cc}]+@[^\s@\p{Cc}]+$/u.test(email) ? normalEmail(email) : undefined;
}

/** Whether the address is in one of the domains; a subdomain is another domain. */
export const isInDomains = (email: string, domains: readonly string[]): boolean =>
  domains.includes(email.slice(email.lastIndexOf('@') + 1));

/** First and last name as far as they are told; the address has to do where there is nothing. */
export function personName(claims: Claims, email: string): { firstName: string; lastName: string } {
  const [given, family, full] = ['given_name', 'family_name', 'name'].map((claim) => visible(claims[claim]));
  if (given || family) return { firstName: given ?? '', lastName: family ?? '' };
  const [first = '', ...rest] = (full ?? email.slice(0, email.indexOf('@'))).split(' ');
  return { firstName: first, lastName: rest.join(' ') };
}

/** The strongest role in each organization, by the values of the claim. */
export function mappedRoles(claims: Claims, roleClaim: string | null, rules: readonly RoleRule[]): Map<string, Role> {
  const values = new Set(roleClaim === null ? [] : valuesOf(claimAt(claims, roleClaim)));
  const roles = new Map<string, Role>();
  for (const { value, organizationId, role } of rules) {
    const other = roles.get(organizationId);
    if (values.has(value) && (other === undefined || RANK[role] > RANK[other])) roles.set(organizationId, role);
  }
  return roles;
}

/** By its whole name, which may contain dots (`https://example.com/roles`), or as a path (`realm_access.roles`). */
export function claimAt(claims: Claims, path: string): unknown {
  if (Object.hasOwn(claims, path)) return claims[path];
  let value: unknown = claims;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as Claims)[name];
  }
  return value;
}

const valuesOf = (claim: unknown): string[] =>
  [claim]
    .flat()
    .slice(0, MOST_ROLES)
    .filter((value) => typeof value === 'string');

/** In one line, well-formed and of bounded length; undefined where nothing is left of it. */
function visible(claim: unknown): string | undefined {
  if (typeof claim !== 'string') return undefined;
  const text = [...claim.toWellFormed().replace(/[\s\p{Cc}]+/gu, ' ')].slice(0, LONGEST_NAME).join('').trim();
  return text || undefined;
}

/** Whether the ID token says all that is asked of it. */
export const isComplete = (claims: Claims, roleClaim: string | null): boolean =>
  claims.email !== undefined &&
  claims.email_verified !== undefined &&
  (claims.name ?? claims.given_name) !== undefined &&
  (roleClaim === null || claimAt(claims, roleClaim) !== undefined);

/** With what userinfo adds: the ID token comes first, and that an address is verified is believed of that one alone. */
export function completed<C extends Claims>(claims: C, userinfo: Claims): C {
  const email = claims.email ?? userinfo.email;
  const told = claims.email !== undefined && claims.email_verified !== undefined;
  const verified = told ? claims.email_verified : userinfo.email === email && userinfo.email_verified;
  return { ...userinfo, ...claims, email, email_verified: verified };
}
