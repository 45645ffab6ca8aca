import type { FieldProblem, JsonValue } from '#kernel';
import type { JsonObject } from '../protocol';
import { urlProblems } from '../support/http-url';
import { tlsProblems, type TlsConfig } from '../support/tls';
import type { AUTH_TYPES } from './rest-schemas';

type AuthType = (typeof AUTH_TYPES)[number];

export interface RestAuth {
  type: AuthType;
  in?: 'header' | 'query';
  name?: string;
  value?: string;
  username?: string;
  password?: string;
  tokenUrl?: string;
  clientId?: string;
  clientSecret?: string;
  scope?: string;
  audience?: string;
  clientAuthentication?: 'header' | 'body';
  headers?: Record<string, string>;
}

/** A connection's config, secrets included. */
export interface RestConfig {
  baseUrl: string;
  healthPath?: string;
  timeoutMs?: number;
  headers?: Record<string, string>;
  tls?: TlsConfig;
  auth?: RestAuth;
}

/** A function's config with its parameters put in. */
export interface RestFunctionConfig {
  path: string;
  query?: Record<string, string | number | boolean | (string | number | boolean)[]>;
  headers?: Record<string, string>;
  body?: JsonValue;
  successStatus?: number | number[];
}

/** The members of `auth` that each type knows, beside `type`. */
const MEMBERS: Record<AuthType, readonly (keyof RestAuth)[]> = {
  none: [],
  apiKey: ['in', 'name', 'value'],
  basic: ['username', 'password'],
  oauth2: ['tokenUrl', 'clientId', 'clientSecret', 'scope', 'audience', 'clientAuthentication'],
  headers: ['headers'],
};

/** RFC 9110, section 5.1. */
const HEADER_NAME = /^[!#$%&'*+.^_`|~\dA-Za-z-]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Headers that belong to the connection between the two servers, and not to the message. */
const OF_TRANSPORT =
  /^(connection|content-length|expect|host|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade)$/i;
const OF_CREDENTIALS = /^(authorization|cookie)$/i;

/** What a header can carry: one line of Latin-1. */
export const isHeaderValue = (text: string): boolean => HEADER_VALUE.test(text);

/** What is wrong with the connection's config that its schema cannot tell. */
export function configProblems(config: JsonObject): FieldProblem[] {
  const { baseUrl, healthPath = '', headers = {}, tls, auth } = config as unknown as RestConfig;
  return [
    ...urlProblems('baseUrl', baseUrl),
    ...pathProblems('healthPath', healthPath),
    ...headerProblems('headers', headers),
    ...Object.keys(headers)
      .filter((name) => OF_CREDENTIALS.test(name))
      .map((name) => ({
        field: `headers.${name}`,
        message: `Header ${name} belongs into auth, where it is kept secret`,
      })),
    ...(auth ? authProblems(auth) : []),
    ...tlsProblems(tls),
  ];
}

/** The same for a function's. */
export function functionProblems(config: JsonObject): FieldProblem[] {
  const { path, headers = {} } = config as unknown as RestFunctionConfig;
  return [...pathProblems('path', path), ...headerProblems('headers', headers)];
}

function pathProblems(field: string, path: string): FieldProblem[] {
  const [way = ''] = path.split('?');
  // The parser takes a backslash for a slash, and encoded dots for dots.
  const climbs = way.split(/[/\\]/).some((segment) => /^(\.|%2e){1,2}$/i.test(segment));
  return [
    ...(climbs ? [{ field, message: `${field} must not have . or .. as a segment` }] : []),
    ...(path.includes('#') ? [{ field, message: `${field} must not have a fragment (#)` }] : []),
  ];
}

function headerProblems(place: string, headers: Record<string, string>): FieldProblem[] {
  return Object.entries(headers).flatMap(([name, value]) => {
    const field = `${place}.${name}`;
    if (!HEADER_NAME.test(name)) return [{ field, message: `${JSON.stringify(name)} is not a header's name` }];
    if (OF_TRANSPORT.test(name)) return [{ field, message: `Header ${name} is set by the connection itself` }];
    return isHeaderValue(value) ? [] : [{ field, message: `Header ${name} must be one line of Latin letters` }];
  });
}

function authProblems(auth: RestAuth): FieldProblem[] {
  const foreign = Object.keys(auth).filter(
    (name) => name !== 'type' && !MEMBERS[auth.type].includes(name as keyof RestAuth),
  );
  if (foreign.length > 0) {
    return foreign.map((name) => ({ field: `auth.${name}`, message: `auth.${name} is not for type ${auth.type}` }));
  }
  if (auth.type === 'apiKey' && auth.in !== 'query') return headerProblems('auth', { [auth.name!]: auth.value! });
  if (auth.type === 'oauth2') return urlProblems('auth.tokenUrl', auth.tokenUrl!);
  if (auth.type === 'headers') return headerProblems('auth.headers', auth.headers!);
  if (auth.type === 'basic' && auth.username!.includes(':')) {
    return [{ field: 'auth.username', message: 'auth.username must not contain a colon' }];
  }
  return [];
}
