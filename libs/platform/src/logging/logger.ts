import { AsyncLocalStorage } from 'node:async_hooks';
import type { LoggerService } from '@nestjs/common';
import { pino, type DestinationStream, type Logger as Pino, type LoggerOptions } from 'pino';
import pretty from 'pino-pretty';

/** Fields that every line written while serving one request or message carries. */
export interface LogFields {
  requestId?: string;
  organizationId?: string;
  userId?: string;
}

const fields = new AsyncLocalStorage<LogFields>();

/** Runs the work with these fields on all its log lines; nested calls add to them. */
export const withLogFields = <T>(added: LogFields, work: () => T): T =>
  fields.run({ ...fields.getStore(), ...added }, work);

/** Adds to the fields of the request or message that is being served. */
export function addLogFields(added: LogFields): void {
  Object.assign(fields.getStore() ?? {}, added);
}

export const currentLogFields = (): LogFields => fields.getStore() ?? {};

// Objects that carry a secret under one of these names are logged without it, down to four levels.
const SECRET_NAMES = [
  'password',
  'token',
  'accessToken',
  'access_token',
  'refreshToken',
  'refresh_token',
  'client_secret',
  'clientSecret',
  'secret',
  'authorization',
  'cookie',
];
const REDACTED = SECRET_NAMES.flatMap((name) => [name, `*.${name}`, `*.*.${name}`, `*.*.*.${name}`]);

// Tokens of ours and passwords inside addresses may also sit in the text of an error.
const SECRET_TEXT = /mh_(?:pat|session|secret)_\w+|(?<=:\/\/[^:/\s]*:)[^/\s]+(?=@)|eyJ[\w-]+\.[\w-]+\.[\w-]+/g;

export const withoutSecrets = (text: string): string => text.replace(SECRET_TEXT, '[redacted]');

/** @param destination instead of the standard output; lines come as JSON or for people, as the format says. */
export function createPino(options: { level: string; format: string }, destination?: DestinationStream): Pino {
  const settings: LoggerOptions = {
    level: options.level,
    base: undefined,
    redact: { paths: REDACTED, censor: '[redacted]' },
    mixin: () => ({ ...fields.getStore() }),
    hooks: {
      logMethod(args, method) {
        const clean = args.map((arg: unknown) => (typeof arg === 'string' ? withoutSecrets(arg) : arg));
        method.apply(this, clean as Parameters<typeof method>);
      },
    },
    serializers: {
      // Anything can be thrown, also an error whose message is no text; what the logger throws would end the process.
      err: (error: Error) => {
        const { type, message, stack } = pino.stdSerializers.err(error) as {
          type: string;
          message: unknown;
          stack: unknown;
        };
        return { type, message: withoutSecrets(String(message)), stack: withoutSecrets(String(stack)) };
      },
    },
  };
  if (options.format === 'json') return pino(settings, destination);
  return pino(settings, pretty({ sync: true, ignore: 'pid,hostname', translateTime: 'SYS:HH:MM:ss.l', destination }));
}

// What Nest says of its own wiring at each start; at level info it would bury the product's lines.
const WIRING = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
  'NestMicroservice',
]);

/** Nest's own log lines through the same stream. The last parameter is the context, as Nest has it. */
export class NestLogger implements LoggerService {
  constructor(private readonly pino: Pino) {}

  log = (message: unknown, ...rest: unknown[]): void =>
    this.write(WIRING.has(rest.at(-1) as string) ? 'debug' : 'info', message, rest);
  error = (message: unknown, ...rest: unknown[]): void => this.write('error', message, rest);
  warn = (message: unknown, ...rest: unknown[]): void => this.write('warn', message, rest);
  debug = (message: unknown, ...rest: unknown[]): void => this.write('debug', message, rest);
  verbose = (message: unknown, ...rest: unknown[]): void => this.write('trace', message, rest);
  fatal = (message: unknown, ...rest: unknown[]): void => this.write('fatal', message, rest);

  private write(level: 'info' | 'error' | 'warn' | 'debug' | 'trace' | 'fatal', message: unknown, rest: unknown[]) {
    const context = rest.length > 0 ? rest.at(-1) : undefined;
    const details = rest.slice(0, -1).find((value) => value !== undefined);
    const err = message instanceof Error ? message : details instanceof Error ? details : undefined;
    const stack = typeof details === 'string' ? details : undefined;
    const text = message instanceof Error ? message.message : typeof message === 'string' ? message : undefined;
    const data = text === undefined ? { data: message } : {};
    this.pino[level]({ context, ...(err && { err }), ...(stack && { stack: withoutSecrets(stack) }), ...data }, text);
  }
}
