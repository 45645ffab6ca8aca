import { randomToken } from '#platform/crypto';

/** What a token of ours starts with tells its kind, to people, to secret scanners and to us. */
export const PREFIX = { session: 'mh_session_', token: 'mh_pat_', secret: 'mh_secret_', client: 'mh_client_' } as const;

export const newSessionToken = (): string => PREFIX.session + randomToken();
export const newAccessToken = (): string => PREFIX.token + randomToken();
export const newClientSecret = (): string => PREFIX.secret + randomToken();
/** No secret: long enough to be nobody else's. */
export const newClientId = (): string => PREFIX.client + randomToken().slice(0, 22);

export type TokenKind = 'session' | 'token' | 'jwt';

const OPAQUE = /^mh_(session|pat)_[0-9A-Za-z]{43}$/;
const JWT = /^[\w-]+\.[\w-]+\.[\w-]+$/;
const LONGEST_JWT = 8_192;

/** The kind a token has by its looks; undefined for what cannot be one of ours. */
export function tokenKind(token: string): TokenKind | undefined {
  const opaque = OPAQUE.exec(token);
  if (opaque) return opaque[1] === 'pat' ? 'token' : 'session';
  return token.length <= LONGEST_JWT && JWT.test(token) ? 'jwt' : undefined;
}
