import { isIP, type Socket } from 'node:net';
import type { JsonValue } from '#kernel';
import type { createTransport } from 'nodemailer' with { 'resolution-mode': 'import' };
import type { OutboundRules } from '../../outbound';
import type { CallOptions, JsonObject, Session } from '../protocol';
import { withinDeadline } from '../support/deadline';
import { DEFAULT_TIMEOUT, LONGEST_TIMEOUT } from '../support/schema';
import { tlsOptions } from '../support/tls';
import { Turns } from '../support/turns';
import type { SendConfig, SmtpConfig } from './smtp-config';
import { failureOf } from './smtp-failure';
import { messageOf } from './smtp-message';

/** Connections to a server at the same time. */
const MOST_CONNECTIONS = 4;
/** Milliseconds. */
const LONGEST_CHECK = 10_000;
const USUAL_PORT = 587;

type Transport = ReturnType<typeof transportOf>;

/** Messages to one server; each has a connection of its own. */
export class SmtpSession implements Session {
  private readonly where: string;
  private readonly turns = new Turns(MOST_CONNECTIONS);
  private readonly sockets = new Set<Socket>();
  private readonly ended = new AbortController();

  constructor(
    private readonly create: typeof createTransport,
    private readonly config: SmtpConfig,
    private readonly outbound: OutboundRules,
  ) {
    this.where = `${config.host}:${config.port ?? USUAL_PORT}`;
  }

  async call(_type: string, config: JsonObject, options: CallOptions): Promise<JsonValue> {
    const message = messageOf(this.config, config as unknown as SendConfig, options.idempotencyKey);
    const limit = options.timeoutMs ?? this.config.timeoutMs ?? DEFAULT_TIMEOUT;
    const sent = await this.within(limit, options.signal, (transport) => transport.sendMail(message));
    return {
      messageId: sent.messageId,
      accepted: sent.accepted.map(addressOf),
      rejected: sent.rejected.map(addressOf),
      response: sent.response,
    };
  }

  async check(signal: AbortSignal): Promise<void> {
    const limit = Math.min(this.config.timeoutMs ?? DEFAULT_TIMEOUT, LONGEST_CHECK);
    await this.within(limit, signal, (transport) => transport.verify());
  }

  close(): Promise<void> {
    this.ended.abort(new Error('the session was closed'));
    for (const socket of this.sockets) socket.destroy();
    return Promise.resolve();
  }

  private async within<T>(timeoutMs: number, signal: AbortSignal, work: (by: Transport) => Promise<T>): Promise<T> {
    const { where } = this;
    try {
      return await withinDeadline(
        { timeoutMs, signal: AbortSignal.any([signal, this.ended.signal]), where },
        (limited) => this.turns.take(limited, () => this.connected(limited, work)),
      );
    } catch (error) {
      throw failureOf(error, where);
    }
  }

  private async connected<T>(signal: AbortSignal, work: (by: Transport) => Promise<T>): Promise<T> {
    const { host, port = USUAL_PORT } = this.config;
    const socket = await this.outbound.socket(host, port, signal);
    this.sockets.add(socket);
    const end = (): void => void socket.destroy();
    // The library would wait on.
    signal.addEventListener('abort', end, { once: true });
    try {
      return await work(transportOf(this.create, this.config, socket));
    } finally {
      signal.removeEventListener('abort', end);
      this.sockets.delete(socket);
      socket.destroy();
    }
  }
}

/** For one message. The library opens no socket of its own, knows no proxy, and waits as long as the call's deadline. */
function transportOf(create: typeof createTransport, config: SmtpConfig, connection: Socket) {
  const { host, port = USUAL_PORT, secure = 'starttls', username, password } = config;
  return create({
    host,
    port,
    secure: secure === 'tls',
    requireTLS: secure === 'starttls',
    ignoreTLS: secure === 'none',
    tls: { ...tlsOptions(config.tls), ...(isIP(host) === 0 && { servername: host }) },
    ...(username !== undefined && { auth: { user: username, pass: password! }, forceAuth: true }),
    getSocket: (_options: unknown, answer: (error: null, options: { connection: Socket }) => void) =>
      answer(null, { connection }),
    connectionTimeout: LONGEST_TIMEOUT,
    greetingTimeout: LONGEST_TIMEOUT,
    socketTimeout: LONGEST_TIMEOUT,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
}

const addressOf = (one: string | { address: string }): string => (typeof one === 'string' ? one : one.address);
