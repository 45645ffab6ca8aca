import { isIP } from 'node:net';
import type { FieldProblem, JsonValue } from '#kernel';
import type { JsonObject } from '../protocol';
import type { PayloadFormat } from '../support/payload';
import { tlsProblems, type TlsConfig } from '../support/tls';

export type AuthType = 'none' | 'plain' | 'scram-sha-256' | 'scram-sha-512';

/** A connection's config, secrets included. */
export interface KafkaConfig {
  brokers: string[];
  clientId?: string;
  auth?: { type: AuthType; username?: string; password?: string };
  connectTimeoutSeconds?: number;
  timeoutMs?: number;
  tls?: TlsConfig & { enabled?: boolean };
}

export interface ProduceConfig {
  topic: string;
  key?: string;
  value: JsonValue;
  valueFormat?: PayloadFormat;
  headers?: Record<string, string>;
  partition?: number;
}

export interface ConsumeConfig {
  topics: string[];
  groupId?: string;
  from?: 'earliest' | 'latest';
  payloadFormat?: PayloadFormat;
}

export interface KafkaBroker {
  host: string;
  port: number;
}

const DEFAULT_PORT = 9092;

/** `host`, `host:port` or `[::1]:port`; undefined for anything else. */
export function brokerOf(text: string): KafkaBroker | undefined {
  const [, bracketed, named, digits] = /^(?:\[([^\]]+)\]|([^\s:/@[\]]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? named;
  const port = digits === undefined ? DEFAULT_PORT : Number(digits);
  if (host === undefined || port < 1 || port > 65_535) return undefined;
  return bracketed !== undefined && isIP(bracketed) !== 6 ? undefined : { host, port };
}

/** Of a config that was checked. */
export const brokersOf = ({ brokers }: KafkaConfig): KafkaBroker[] => brokers.map((text) => brokerOf(text)!);

export function configProblems(config: JsonObject): FieldProblem[] {
  const { brokers, tls } = config as unknown as KafkaConfig;
  const bad = brokers.flatMap((text, index) =>
    brokerOf(text) ? [] : [{ field: `brokers[${index}]`, message: `brokers[${index}] must be like host:port` }],
  );
  return [...bad, ...tlsProblems(tls)];
}

/** Kafka's own rule (ASCII letters, digits, dots, underscores, hyphens); places of parameters are let be. */
const isTopic = (name: string): boolean => {
  const bare = name.replace(/\(\([^)]*\)\)/g, 'x');
  return /^[\w.-]{1,249}$/.test(bare) && bare !== '.' && bare !== '..';
};

const topicProblems = (field: string, name: string): FieldProblem[] =>
  isTopic(name)
    ? []
    : [{ field, message: `${field} must be up to 249 letters, digits, dots, underscores and hyphens` }];

export const produceProblems = (config: JsonObject): FieldProblem[] =>
  topicProblems('topic', (config as unknown as ProduceConfig).topic);

export const consumeProblems = (config: JsonObject): FieldProblem[] =>
  (config as unknown as ConsumeConfig).topics.flatMap((name, index) => topicProblems(`topics[${index}]`, name));
