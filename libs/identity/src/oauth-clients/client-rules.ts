import type { FieldProblem } from '#kernel';
import { isOidcScope, uncoveredScope, unknownScope } from '../credentials/scope-rules';

export const CLIENT_TYPES = ['public', 'confidential'] as const;
export type ClientType = (typeof CLIENT_TYPES)[number];

export const GRANT_TYPES = ['authorization_code', 'client_credentials', 'refresh_token'] as const;
export type GrantType = (typeof GRANT_TYPES)[number];

export interface ClientShape {
  type: ClientType;
  grantTypes: readonly GrantType[];
  redirectUris: readonly string[];
  scopes: readonly string[];
}

/** What does not fit together in a client's registration; each field is sound by itself already. */
export function clientProblems({ type, grantTypes, redirectUris, scopes }: ClientShape): FieldProblem[] {
  const problems: FieldProblem[] = [];
  const refuse = (field: keyof ClientShape, message: string): void => void problems.push({ field, message });
  const byCode = grantTypes.includes('authorization_code');
  if (type === 'public' && grantTypes.includes('client_credentials')) {
    refuse('grantTypes', 'Grant types of a public client must not include client_credentials');
  }
  if (grantTypes.includes('refresh_token') && !byCode) {
    refuse('grantTypes', 'Grant type refresh_token needs authorization_code beside it');
  }
  if (byCode && redirectUris.length === 0) {
    refuse('redirectUris', 'Redirect uris are required for authorization_code');
  }
  for (const uri of redirectUris) {
    const problem = redirectUriProblem(uri);
    if (problem) refuse('redirectUris', problem);
  }
  const unknown = unknownScope(scopes.filter((scope) => !isOidcScope(scope)));
  if (unknown !== undefined) refuse('scopes', `Scope ${unknown} is not known`);
  return problems;
}

/** The first platform scope of a registration that the registering credential does not have itself. */
export const exceedingScope = (held: readonly string[], { scopes }: Pick<ClientShape, 'scopes'>): string | undefined =>
  uncoveredScope(
    held,
    scopes.filter((scope) => !isOidcScope(scope)),
  );

/** OAuth 2.0 Security Best Current Practice (RFC 9700), section 4.1: whole addresses, compared exactly. */
function redirectUriProblem(uri: string): string | undefined {
  if (!URL.canParse(uri)) return `Redirect uri ${uri} is not an absolute address`;
  if (uri.includes('#')) return `Redirect uri ${uri} must not have a fragment`;
  const { protocol } = new URL(uri);
  // Native applications have schemes of their own, which contain a dot (RFC 8252, section 7.1).
  if (protocol === 'https:' || protocol === 'http:' || protocol.includes('.')) return undefined;
  return `Redirect uri ${uri} must be a web address`;
}
