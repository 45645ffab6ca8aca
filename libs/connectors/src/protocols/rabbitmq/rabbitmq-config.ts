import type { FieldProblem, JsonValue } from '#kernel';
import type { JsonObject } from '../protocol';
import type { PayloadFormat } from '../support/payload';
import { tlsProblems, type TlsConfig } from '../support/tls';

/** A connection's config, secrets included. */
export interface RabbitConfig {
  host: string;
  port?: number;
  vhost?: string;
  username?: string;
  password?: string;
  heartbeatSeconds?: number;
  connectTimeoutSeconds?: number;
  timeoutMs?: number;
  tls?: TlsConfig & { enabled?: boolean };
}

export interface PublishConfig {
  exchange?: string;
  routingKey?: string;
  payload: JsonValue;
  payloadFormat?: PayloadFormat;
  mandatory?: boolean;
  persistent?: boolean;
  contentType?: string;
  correlationId?: string;
  replyTo?: string;
  messageId?: string;
  type?: string;
  priority?: number;
  expirationMs?: number;
  headers?: Record<string, string | number | boolean>;
}

export interface ConsumeConfig {
  queue?: string;
  exchange?: string;
  exchangeType?: string;
  routingKeys?: string[];
  arguments?: Record<string, string | number | boolean>;
  keepSeconds?: number;
  prefetch?: number;
  payloadFormat?: PayloadFormat;
}

/** Bytes of a name (AMQP 0-9-1, section 4.2.5.3: short strings). */
const LONGEST_NAME = 255;

const NAMES = ['exchange', 'routingKey', 'queue', 'correlationId', 'replyTo', 'messageId', 'type', 'contentType'];

export const configProblems = (config: JsonObject): FieldProblem[] => [
  ...tooLong(config, ['vhost']),
  ...tlsProblems((config as unknown as RabbitConfig).tls),
];

export function publishProblems(config: JsonObject): FieldProblem[] {
  const { exchange = '', routingKey = '' } = config as unknown as PublishConfig;
  const nowhere = exchange === '' && routingKey === '';
  return [
    ...(nowhere ? [{ field: 'routingKey', message: 'routingKey must name a queue where there is no exchange' }] : []),
    ...tooLong(config, NAMES),
  ];
}

export function consumeProblems(config: JsonObject): FieldProblem[] {
  const { queue, exchange, routingKeys = [] } = config as unknown as ConsumeConfig;
  if (queue === undefined && exchange === undefined) {
    return [{ field: 'queue', message: 'queue or exchange is required' }];
  }
  const ofExchange = ['exchangeType', 'routingKeys', 'arguments'].filter((name) => config[name] !== undefined);
  const keys = routingKeys.flatMap((key, index) =>
    isTooLong(key) ? [{ field: `routingKeys[${index}]`, message: `routingKeys[${index}] is too long` }] : [],
  );
  return [
    ...(exchange === undefined ? ofExchange : []).map((field) => ({ field, message: `${field} needs an exchange` })),
    ...(queue !== undefined && config['keepSeconds'] !== undefined
      ? [{ field: 'keepSeconds', message: 'keepSeconds is for queues of the connection itself' }]
      : []),
    ...tooLong(config, NAMES),
    ...keys,
  ];
}

const isTooLong = (value: JsonValue | undefined): boolean =>
  typeof value === 'string' && Buffer.byteLength(value) > LONGEST_NAME;

const tooLong = (config: JsonObject, names: readonly string[]): FieldProblem[] =>
  names
    .filter((field) => isTooLong(config[field]))
    .map((field) => ({ field, message: `${field} must not be longer than ${LONGEST_NAME} bytes` }));
