import { X509Certificate } from 'node:crypto';
import type { FieldProblem, JsonValue } from '#kernel';
import { ParameterRefusal, type JsonObject, type PlaceEncoder } from '../protocol';
import { tlsProblems } from '../support/tls';
import { certificatesIn } from './trusted-certificates';

export interface Security {
  policy?: string;
  mode?: 'None' | 'Sign' | 'SignAndEncrypt';
  certificate?: string;
  privateKey?: string;
  trusted?: string;
  rejectUnauthorized?: boolean;
}

/** A connection's config, secrets included. */
export interface OpcUaConfig {
  host: string;
  port?: number;
  path?: string;
  security?: Security;
  auth?: { type?: 'anonymous' | 'userName'; username?: string; password?: string };
  connectTimeoutMs?: number;
  timeoutMs?: number;
}

/** A value that has a name. */
export interface NamedNode {
  name?: string;
  nodeId: string;
}

export interface MonitoredNode extends NamedNode {
  samplingIntervalMs?: number;
  queueSize?: number;
  deadBand?: number;
}

export interface MonitorConfig {
  nodes: MonitoredNode[];
  publishingIntervalMs?: number;
  samplingIntervalMs?: number;
  queueSize?: number;
  deadBand?: number;
}

/** A function's config with its parameters put in; each type has some of these. */
export interface OpcUaFunctionConfig {
  nodeId: string;
  nodes: NamedNode[];
  attribute?: string;
  value: JsonValue;
  dataType?: string;
  objectId: string;
  methodId: string;
  arguments?: JsonValue[];
}

export interface BrowseConfig {
  nodeId?: string;
  limit?: number;
}

export const nameOf = ({ name, nodeId }: NamedNode): string => name ?? nodeId;

/** What is wrong with the connection's config that its schema cannot tell. */
export function configProblems(config: JsonObject): FieldProblem[] {
  const { security = {} } = config as unknown as OpcUaConfig;
  const { policy = 'None', mode = 'None', certificate, privateKey, trusted, rejectUnauthorized = true } = security;
  if ((policy === 'None') !== (mode === 'None')) {
    const field = policy === 'None' ? 'security.policy' : 'security.mode';
    return [{ field, message: 'security.policy and security.mode are None together, or neither of them is' }];
  }
  if (mode === 'None') return [];
  const required = Object.entries({ certificate, privateKey, ...(rejectUnauthorized && { trusted }) })
    .filter(([, given]) => given === undefined)
    .map(([name]) => ({ field: `security.${name}`, message: `security.${name} is required with mode ${mode}` }));
  if (required.length > 0) return required;
  return [...pairProblems(certificate!, privateKey!), ...(trusted ? trustProblems(trusted) : [])];
}

/** The members are those of `tls`, by other names. */
const pairProblems = (certificate: string, privateKey: string): FieldProblem[] =>
  tlsProblems({ cert: certificate, key: privateKey }).map(({ field, message }) => {
    const named = (text: string): string =>
      text.replaceAll('tls.cert', 'security.certificate').replaceAll('tls.key', 'security.privateKey');
    return { field: named(field), message: named(message) };
  });

function trustProblems(trusted: string): FieldProblem[] {
  const problem = [{ field: 'security.trusted', message: 'security.trusted cannot be read as PEM' }];
  try {
    return certificatesIn(trusted).length > 0 ? [] : problem;
  } catch {
    return problem;
  }
}

/** What is wrong with a function's config: two values of one name. */
export function nodesProblems(config: JsonObject): FieldProblem[] {
  const { nodes } = config as unknown as MonitorConfig;
  if (!Array.isArray(nodes)) return [];
  const names = nodes.map(nameOf);
  return names.flatMap((name, index) =>
    names.indexOf(name) < index ? [{ field: `nodes[${index}]`, message: `Name ${name} is given to two nodes` }] : [],
  );
}

/** The URI by which a client calls itself; it has to be that of its certificate. */
export function applicationUriOf(certificate: string): string | undefined {
  return /URI:([^,\s]+)/.exec(new X509Certificate(certificate).subjectAltName ?? '')?.[1];
}

const OF_NODES = ['nodeId', 'objectId', 'methodId'];

/** A parameter is part of the identifier, or a number before it; it cannot become another kind of identifier. */
export function encoderAt(place: readonly string[], config: JsonObject): PlaceEncoder | undefined {
  const [top] = place;
  if (top === 'value' || top === 'arguments' || !OF_NODES.includes(place.at(-1)!)) return undefined;
  const text = place.reduce<unknown>((value, key) => (value as JsonObject)[key], config);
  if (/^\(\(\s*\w+\s*\)\)$/.test(String(text))) return undefined;
  return (value, before) => {
    if (!/(?:^|;)[isgb]=/.test(before) && !/^\d+$/.test(value)) throw new ParameterRefusal('must be a number there');
    return value;
  };
}
