import type { FieldProblem, JsonValue } from '#kernel';
import type { JsonObject } from '../protocol';
import type { PayloadFormat } from '../support/payload';
import { tlsProblems, type TlsConfig } from '../support/tls';

/** A connection's config, secrets included. */
export interface NatsConfig {
  servers: string;
  clientName?: string;
  auth?: { type: 'none' | 'user' | 'token'; username?: string; password?: string; token?: string };
  connectTimeoutSeconds?: number;
  timeoutMs?: number;
  tls?: TlsConfig & { enabled?: boolean };
}

export interface PublishConfig {
  subject: string;
  payload?: JsonValue;
  payloadFormat?: PayloadFormat;
  headers?: Record<string, string>;
  reply?: string;
  messageId?: string;
}

export interface SubscribeConfig {
  subjects: string[];
  queue?: string;
  payloadFormat?: PayloadFormat;
}

export interface ConsumeConfig {
  stream: string;
  filterSubject?: string;
  deliver?: 'all' | 'new' | 'last';
  durable?: string;
  keepSeconds?: number;
  payloadFormat?: PayloadFormat;
}

export interface NatsServer {
  host: string;
  port: number;
  where: string;
}

const DEFAULT_PORT = 4222;
const MOST_SERVERS = 20;

/** The servers of a list like `nats://a:4222, b`. Those that are none are left out. */
export function serversOf(list: string): NatsServer[] {
  return list.split(',').flatMap((entry) => {
    const text = entry.trim();
    const url = URL.parse(text.includes('://') ? text : `nats://${text}`);
    if (!url || !isServer(url)) return [];
    const port = Number(url.port) || DEFAULT_PORT;
    return [{ host: url.hostname.replace(/^\[|\]$/g, ''), port, where: `${url.hostname}:${port}` }];
  });
}

const isServer = ({ protocol, hostname, username, password, pathname, search, hash }: URL): boolean =>
  ['nats:', 'tls:'].includes(protocol) &&
  hostname !== '' &&
  [username, password, search, hash].every((part) => part === '') &&
  ['', '/'].includes(pathname);

export function configProblems(config: JsonObject): FieldProblem[] {
  const { servers, auth, tls } = config as unknown as NatsConfig;
  const count = servers.split(',').length;
  const bad = serversOf(servers).length !== count || count > MOST_SERVERS;
  const message = `servers must be up to ${MOST_SERVERS} addresses like nats://host:port, without credentials`;
  return [...(bad ? [{ field: 'servers', message }] : []), ...authProblems(auth), ...tlsProblems(tls)];
}

const MEMBERS = { none: [], user: ['username', 'password'], token: ['token'] } as const;

function authProblems(auth: NatsConfig['auth']): FieldProblem[] {
  if (!auth) return [];
  const known: readonly string[] = MEMBERS[auth.type];
  return Object.keys(auth)
    .filter((name) => name !== 'type' && !known.includes(name))
    .map((name) => ({ field: `auth.${name}`, message: `auth.${name} is not for type ${auth.type}` }));
}

export function publishProblems(config: JsonObject): FieldProblem[] {
  const { subject, reply } = config as unknown as PublishConfig;
  return [...subjectProblems('subject', subject), ...(reply === undefined ? [] : subjectProblems('reply', reply))];
}

export const subscribeProblems = (config: JsonObject): FieldProblem[] =>
  (config as unknown as SubscribeConfig).subjects.flatMap((subject, index) =>
    filterProblems(`subjects[${index}]`, subject),
  );

export function consumeProblems(config: JsonObject): FieldProblem[] {
  const { filterSubject, durable } = config as unknown as ConsumeConfig;
  const ours = ['filterSubject', 'deliver', 'keepSeconds'].filter((name) => config[name] !== undefined);
  return [
    ...(durable === undefined ? [] : ours).map((field) => ({
      field,
      message: `${field} is for consumers that the connection makes; durable names one that is there`,
    })),
    ...(filterSubject === undefined ? [] : filterProblems('filterSubject', filterSubject)),
  ];
}

function subjectProblems(field: string, subject: string): FieldProblem[] {
  if (/[*>]/.test(subject)) return [{ field, message: `${field} must not have a wildcard (* or >)` }];
  return tokenProblems(field, subject);
}

function filterProblems(field: string, subject: string): FieldProblem[] {
  const tokens = subject.split('.');
  const malformed = tokens.some((token, index) =>
    token.length > 1 ? /[*>]/.test(token) : token === '>' && index !== tokens.length - 1,
  );
  if (malformed) return [{ field, message: `${field} has a wildcard in a place where it means nothing` }];
  return tokenProblems(field, subject);
}

const tokenProblems = (field: string, subject: string): FieldProblem[] =>
  /[\s\0]/.test(subject.replace(/\(\([^)]*\)\)/g, 'x')) || subject.split('.').includes('')
    ? [{ field, message: `${field} must be tokens separated by dots, without blanks` }]
    : [];
