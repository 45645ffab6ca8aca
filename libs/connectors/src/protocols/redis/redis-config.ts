import type { FieldProblem, JsonValue } from '#kernel';
import type { JsonObject } from '../protocol';
import type { PayloadFormat } from '../support/payload';
import { tlsProblems, type TlsConfig } from '../support/tls';

/** A connection's config, secrets included. */
export interface RedisConfig {
  host: string;
  port?: number;
  username?: string;
  password?: string;
  database?: number;
  connectTimeoutSeconds?: number;
  timeoutMs?: number;
  tls?: TlsConfig & { enabled?: boolean };
}

export interface CommandConfig {
  command: string;
  args?: (string | number | boolean)[];
}

export interface ValueConfig {
  key: string;
  value?: JsonValue;
  payloadFormat?: PayloadFormat;
  ttlSeconds?: number;
  onlyIf?: 'absent' | 'present';
}

export interface PublishConfig {
  channel: string;
  payload: JsonValue;
  payloadFormat?: PayloadFormat;
}

export interface SubscribeConfig {
  channels: string[];
  usePatterns?: boolean;
  payloadFormat?: PayloadFormat;
}

export const configProblems = (config: JsonObject): FieldProblem[] => [
  ...(config['username'] !== undefined && config['password'] === undefined
    ? [{ field: 'password', message: 'password is required with username' }]
    : []),
  ...tlsProblems((config as unknown as RedisConfig).tls),
];

/** Commands that are not sent, by why. Calls share one connection, and the server has one thread for all. */
const REFUSED: readonly (readonly [words: string, commands: string])[] = [
  [
    'changes the connection, which others share',
    'ASKING AUTH CLIENT DISCARD EXEC HELLO MONITOR MULTI PSUBSCRIBE PSYNC PUNSUBSCRIBE QUIT READONLY READWRITE REPLCONF RESET SELECT SSUBSCRIBE SUBSCRIBE SUNSUBSCRIBE SYNC UNSUBSCRIBE UNWATCH WATCH',
  ],
  ['waits, and holds up others', 'BLMOVE BLMPOP BLPOP BRPOP BRPOPLPUSH BZMPOP BZPOPMAX BZPOPMIN WAIT WAITAOF'],
  ['keeps the server from answering anybody', 'FLUSHALL FLUSHDB KEYS SAVE SWAPDB'],
  ['runs code on the server', 'EVAL EVALSHA EVALSHA_RO EVAL_RO FCALL FCALL_RO FUNCTION MODULE SCRIPT'],
  [
    'is for administrators',
    'ACL BGREWRITEAOF BGSAVE CLUSTER CONFIG DEBUG FAILOVER LATENCY MIGRATE PFDEBUG REPLICAOF RESTORE RESTORE-ASKING SENTINEL SHUTDOWN SLAVEOF SLOWLOG',
  ],
];

const REASONS: ReadonlyMap<string, string> = new Map(
  REFUSED.flatMap(([words, commands]) => commands.split(' ').map((command) => [command, words] as const)),
);

export function commandProblems(config: JsonObject): FieldProblem[] {
  const { command, args = [] } = config as unknown as CommandConfig;
  const name = command.toUpperCase();
  const reason = REASONS.get(name) ?? (blocks(name, args) ? 'waits, and holds up others' : undefined);
  return reason === undefined ? [] : [{ field: 'command', message: `Command ${name} is not sent: it ${reason}` }];
}

const blocks = (name: string, args: readonly unknown[]): boolean =>
  ['XREAD', 'XREADGROUP'].includes(name) && args.some((arg) => String(arg).toUpperCase() === 'BLOCK');
