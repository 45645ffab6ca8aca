import type { FieldProblem } from '#kernel';
import type { JsonObject } from '../protocol';
import type { StreamTarget } from '../support/stream';
import { tlsProblems, type TlsConfig } from '../support/tls';
import type { PayloadFormat } from '../support/payload';

export type MqttVersion = '3.1' | '3.1.1' | '5.0';
export type Qos = 0 | 1 | 2;

/** A connection's config, secrets included. */
export interface MqttConfig {
  brokerUrl: string;
  version?: MqttVersion;
  clientId?: string;
  username?: string;
  password?: string;
  keepAliveSeconds?: number;
  connectTimeoutSeconds?: number;
  cleanSession?: boolean;
  sessionExpirySeconds?: number;
  timeoutMs?: number;
  tls?: TlsConfig;
}

export interface MqttProperties {
  contentType?: string;
  responseTopic?: string;
  correlationData?: string;
  messageExpirySeconds?: number;
  userProperties?: Record<string, string>;
}

export interface PublishConfig {
  topic: string;
  payload: JsonObject[string];
  payloadFormat?: PayloadFormat;
  qos?: Qos;
  retain?: boolean;
  properties?: MqttProperties;
}

export interface SubscribeConfig {
  topics: string[];
  qos?: Qos;
  payloadFormat?: PayloadFormat;
}

/** Bytes of a topic or filter (MQTT 5, section 1.5.4). */
const LONGEST_TOPIC = 65_535;
const DEFAULT_PORTS: Readonly<Record<string, number>> = { 'mqtt:': 1883, 'mqtts:': 8883 };

export function configProblems(config: JsonObject): FieldProblem[] {
  const { brokerUrl, tls } = config as unknown as MqttConfig;
  return [...urlProblems(brokerUrl), ...tlsProblems(tls)];
}

function urlProblems(text: string): FieldProblem[] {
  const field = 'brokerUrl';
  const url = URL.parse(text);
  if (!url || !Object.hasOwn(DEFAULT_PORTS, url.protocol) || url.hostname === '') {
    return [{ field, message: 'brokerUrl must be an address that begins with mqtt:// or mqtts://' }];
  }
  if (url.username || url.password) {
    return [{ field, message: 'brokerUrl must not carry credentials; use username and password' }];
  }
  const more = !['', '/'].includes(url.pathname) || url.search || url.hash;
  return more ? [{ field, message: 'brokerUrl must end with the port' }] : [];
}

/** Where the broker is; with TLS for mqtts. */
export function targetOf({ brokerUrl, tls = {} }: MqttConfig): StreamTarget & { where: string } {
  const { protocol, hostname, port: given } = new URL(brokerUrl);
  const port = Number(given) || DEFAULT_PORTS[protocol]!;
  const host = hostname.replace(/^\[|\]$/g, '');
  return { host, port, tls: protocol === 'mqtts:' ? tls : undefined, where: `${hostname}:${port}` };
}

export function publishProblems(config: JsonObject): FieldProblem[] {
  const { topic, properties } = config as unknown as PublishConfig;
  const { responseTopic } = properties ?? {};
  return [
    ...topicProblems('topic', topic),
    ...(responseTopic === undefined ? [] : topicProblems('properties.responseTopic', responseTopic)),
  ];
}

export function subscribeProblems(config: JsonObject): FieldProblem[] {
  const { topics } = config as unknown as SubscribeConfig;
  return topics.flatMap((filter, index) => filterProblems(`topics[${index}]`, filter));
}

function topicProblems(field: string, topic: string): FieldProblem[] {
  if (/[+#]/.test(topic)) return [{ field, message: `${field} must not have a wildcard (+ or #)` }];
  return nameProblems(field, topic);
}

function filterProblems(field: string, filter: string): FieldProblem[] {
  const levels = filter.split('/');
  const malformed = levels.some((level, index) =>
    level.length > 1 ? /[+#]/.test(level) : level === '#' && index !== levels.length - 1,
  );
  if (malformed) return [{ field, message: `${field} has a wildcard in a place where it means nothing` }];
  return nameProblems(field, filter);
}

function nameProblems(field: string, name: string): FieldProblem[] {
  if (name.includes('\0')) return [{ field, message: `${field} must not have a NUL character` }];
  if (!name.isWellFormed()) return [{ field, message: `${field} must be Unicode text` }];
  const tooLong = Buffer.byteLength(name) > LONGEST_TOPIC;
  return tooLong ? [{ field, message: `${field} must not be longer than ${LONGEST_TOPIC} bytes` }] : [];
}

/** Whether a message on the topic is asked for by the filter (MQTT 5, section 4.7); shared ones by what they share. */
export function matches(filter: string, topic: string): boolean {
  const wanted = filter.replace(/^\$share\/[^/]+\//, '').split('/');
  const levels = topic.split('/');
  if (topic.startsWith('$') && wanted[0] !== levels[0]) return false;
  for (const [index, level] of wanted.entries()) {
    if (level === '#') return true;
    if (index >= levels.length || (level !== '+' && level !== levels[index])) return false;
  }
  return wanted.length === levels.length;
}
