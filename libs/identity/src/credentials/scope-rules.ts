import { parseScope, scopeCovers, type GrantedScope } from '#kernel';

/** The scopes of OpenID Connect Core, section 5.4, and its offline access: about the user, not about the platform. */
export const OIDC_SCOPES = ['openid', 'profile', 'email', 'offline_access'] as const;

export const isOidcScope = (scope: string): boolean => (OIDC_SCOPES as readonly string[]).includes(scope);

/** The first of the wanted scopes that is neither in the catalogue nor a branch of one. */
export const unknownScope = (wanted: readonly string[]): string | undefined =>
  wanted.find((scope) => parseScope(scope) === undefined);

/** The first of the wanted scopes that those held do not include: nothing can be handed out that one has not. */
export const uncoveredScope = (held: readonly GrantedScope[], wanted: readonly string[]): string | undefined =>
  wanted.find((scope) => !held.some((own) => scopeCovers(own, scope)));

/** Whether a client with those scopes may be given this one, of the platform or of OpenID Connect. */
export const clientCovers = (held: readonly string[], wanted: string): boolean =>
  isOidcScope(wanted) ? held.includes(wanted) : held.some((own) => scopeCovers(own, wanted));

/** What a client asks for at the token endpoint, each once and in its order; all it has where it asks for nothing. */
export function requestedScopes(asked: string | undefined, held: readonly GrantedScope[]): string[] {
  if (asked === undefined) return held.filter((scope) => !isOidcScope(scope));
  return [...new Set(asked.split(' '))];
}
