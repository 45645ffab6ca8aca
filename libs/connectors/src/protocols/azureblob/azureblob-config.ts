import type { FieldProblem, JsonValue } from '#kernel';
import type { JsonObject } from '../protocol';
import type { ContentFormat } from '../support/file-content';
import { pathProblems } from '../support/file-path';
import { urlProblems } from '../support/http-url';
import { metadataProblems, typeProblems } from '../support/object-store';
import { tlsProblems, type TlsConfig } from '../support/tls';
import type { AUTH_TYPES } from './azureblob-schemas';

type AuthType = (typeof AUTH_TYPES)[number];

export interface AzureAuth {
  type: AuthType;
  accountName?: string;
  accountKey?: string;
  connectionString?: string;
  tenantId?: string;
  clientId?: string;
  clientSecret?: string;
  authority?: string;
}

/** A connection's config, secrets included. */
export interface AzureBlobConfig {
  auth: AzureAuth;
  endpoint?: string;
  maxFileMb?: number;
  timeoutMs?: number;
  tls?: TlsConfig;
}

/** A function's config with its parameters put in; each type has some of these. */
export interface AzureBlobFunctionConfig {
  container: string;
  blob: string;
  content: JsonValue;
  format?: ContentFormat;
  contentType?: string;
  metadata?: Record<string, string>;
  overwrite?: boolean;
  prefix?: string;
  recursive?: boolean;
  limit?: number;
  cursor?: string;
}

/** The members of `auth` that each type knows, beside `type`. */
const MEMBERS: Record<AuthType, readonly (keyof AzureAuth)[]> = {
  sharedKey: ['accountName', 'accountKey'],
  connectionString: ['connectionString'],
  oauth2: ['accountName', 'tenantId', 'clientId', 'clientSecret', 'authority'],
};

/** The service makes identifiers of C# of them. */
const METADATA_NAME = { pattern: /^[A-Za-z_]\w{0,99}$/, says: 'letters, digits and _, a letter or _ first' };

export const endpointOf = ({ endpoint, auth }: AzureBlobConfig): string =>
  endpoint ?? `https://${auth.accountName}.blob.core.windows.net`;

export function configProblems(config: JsonObject): FieldProblem[] {
  const { auth, endpoint, tls } = config as unknown as AzureBlobConfig;
  const foreign = Object.keys(auth).filter(
    (name) => name !== 'type' && !MEMBERS[auth.type].includes(name as keyof AzureAuth),
  );
  return [
    ...foreign.map((name) => ({ field: `auth.${name}`, message: `auth.${name} is not for type ${auth.type}` })),
    ...(endpoint === undefined ? [] : endpointProblems(endpoint, auth.type)),
    ...(auth.authority === undefined ? [] : authorityProblems(auth.authority)),
    ...(auth.accountKey === undefined || isBase64(auth.accountKey)
      ? []
      : [{ field: 'auth.accountKey', message: 'auth.accountKey must be base64' }]),
    ...(auth.connectionString === undefined || hasCredentials(auth.connectionString)
      ? []
      : [
          {
            field: 'auth.connectionString',
            message:
              'auth.connectionString must have AccountName and AccountKey, or BlobEndpoint and SharedAccessSignature',
          },
        ]),
    ...tlsProblems(tls),
  ];
}

function endpointProblems(endpoint: string, type: AuthType): FieldProblem[] {
  const problems = urlProblems('endpoint', endpoint);
  if (problems.length > 0) return problems;
  if (type === 'connectionString') {
    return [{ field: 'endpoint', message: 'endpoint is part of the connection string (BlobEndpoint)' }];
  }
  return type === 'oauth2' ? httpsProblems('endpoint', endpoint) : [];
}

function authorityProblems(authority: string): FieldProblem[] {
  return urlProblems('auth.authority', authority);
}

/** Tokens go over protected ways alone. */
const httpsProblems = (field: string, url: string): FieldProblem[] =>
  url.startsWith('https:') ? [] : [{ field, message: `${field} must be https for tokens` }];

const isBase64 = (text: string): boolean => /^[A-Za-z0-9+/]+={0,2}$/.test(text);

/** The members of a connection string. */
export function partsOf(connectionString: string): Map<string, string> {
  const parts = connectionString
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part.includes('='));
  return new Map(parts.map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]));
}

function hasCredentials(connectionString: string): boolean {
  const parts = partsOf(connectionString);
  const has = (...names: string[]): boolean => names.every((name) => (parts.get(name) ?? '') !== '');
  const withKey = has('AccountName', 'AccountKey') && isBase64(parts.get('AccountKey')!);
  const endpoint = parts.get('BlobEndpoint');
  const endpointIsFine = endpoint === undefined || urlProblems('BlobEndpoint', endpoint).length === 0;
  return endpointIsFine && (withKey || has('BlobEndpoint', 'SharedAccessSignature'));
}

export function functionProblems(config: JsonObject): FieldProblem[] {
  const { blob, prefix, contentType, metadata } = config as unknown as Partial<AzureBlobFunctionConfig>;
  return [
    ...pathProblems('blob', blob, true),
    ...pathProblems('prefix', prefix),
    ...typeProblems(contentType),
    ...metadataProblems(metadata, METADATA_NAME),
  ];
}
