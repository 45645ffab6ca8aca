import type { FieldProblem } from '#kernel';
import type { JsonObject } from '../protocol';
import { urlProblems } from '../support/http-url';
import { tlsProblems, type TlsConfig } from '../support/tls';
import type { API_VERSIONS } from './influxdb-schemas';

/** A connection's config, secrets included. */
export interface InfluxdbConfig {
  url: string;
  api?: (typeof API_VERSIONS)[number];
  database?: string;
  retentionPolicy?: string;
  username?: string;
  password?: string;
  organization?: string;
  bucket?: string;
  token?: string;
  timeoutMs?: number;
  tls?: TlsConfig;
}

/** Members that one of the interfaces alone knows. */
const OF_V1 = ['database', 'retentionPolicy', 'username', 'password'] as const;
const OF_V2 = ['organization', 'bucket', 'token'] as const;

/** Faults of a config that its schema cannot tell. */
export function configProblems(given: JsonObject): FieldProblem[] {
  const config = given as unknown as InfluxdbConfig;
  const api = config.api ?? 'v1';
  const foreign = (api === 'v1' ? OF_V2 : OF_V1).filter((member) => config[member] !== undefined);
  return [
    ...urlProblems('url', config.url, api === 'v1' ? 'username and password' : 'token'),
    ...foreign.map((field) => ({ field, message: `${field} is not for api ${api}` })),
    ...(config.password !== undefined && config.username === undefined
      ? [{ field: 'username', message: 'username is required with password' }]
      : []),
    ...tlsProblems(config.tls),
  ];
}

export interface InfluxdbRequest {
  method: 'GET' | 'POST';
  url: URL;
  headers: Record<string, string>;
  body: string | null;
}

export function writeRequest(config: InfluxdbConfig, lines: string): InfluxdbRequest {
  const { database = '', retentionPolicy, organization = '', bucket = '' } = config;
  const [path, query] =
    config.api === 'v2'
      ? ['/api/v2/write', { org: organization, bucket, precision: 'ns' }]
      : ['/write', { db: database, ...(retentionPolicy !== undefined && { rp: retentionPolicy }), precision: 'ns' }];
  const url = addressOf(config.url, path);
  url.search = new URLSearchParams(query).toString();
  return { method: 'POST', url, headers: headersOf(config, 'text/plain; charset=utf-8'), body: lines };
}

/** Rows come in portions, so that reading can end when there are enough. */
export function queryRequest(config: InfluxdbConfig, q: string, parameters: JsonObject): InfluxdbRequest {
  const { database, bucket = '', retentionPolicy } = config;
  const form = new URLSearchParams({
    db: database ?? bucket,
    ...(retentionPolicy !== undefined && { rp: retentionPolicy }),
    q,
    params: JSON.stringify(parameters),
    chunked: 'true',
    chunk_size: '500',
  });
  const headers = headersOf(config, 'application/x-www-form-urlencoded');
  return { method: 'POST', url: addressOf(config.url, '/query'), headers, body: form.toString() };
}

/** A statement that needs a user who is let in, and a database that is there; buckets have no retention policies. */
export const checkRequest = (config: InfluxdbConfig): InfluxdbRequest =>
  queryRequest(config, config.api === 'v2' ? 'SHOW MEASUREMENTS LIMIT 1' : 'SHOW RETENTION POLICIES', {});

const addressOf = (base: string, path: string): URL => new URL(`${base.replace(/\/+$/, '')}${path}`);

/** What headers carry of the credentials, to be masked too. */
export function credentialsOf({ username, password = '', token }: InfluxdbConfig): string | undefined {
  if (token !== undefined) return `Token ${token}`;
  return username === undefined ? undefined : `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

function headersOf(config: InfluxdbConfig, contentType: string): Record<string, string> {
  const authorization = credentialsOf(config);
  return {
    accept: 'application/json',
    'content-type': contentType,
    'user-agent': 'MaestroHub',
    ...(authorization !== undefined && { authorization }),
  };
}
