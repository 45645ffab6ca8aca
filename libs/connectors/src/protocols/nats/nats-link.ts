import { AsyncLocalStorage } from 'node:async_hooks';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { isIP, type Socket } from 'node:net';
import type { ConnectionOptions, NatsConnection, TlsOptions } from '@nats-io/transport-node';
import type { SessionContext } from '../protocol';
import { withinDeadline } from '../support/deadline';
import { tlsOptions } from '../support/tls';
import { serversOf, type NatsConfig, type NatsServer } from './nats-config';
import { failureOf } from './nats-failure';

const DEFAULT_CONNECT_SECONDS = 10;
/** Milliseconds; after two without an answer the connection counts as lost. */
const PING_EVERY = 20_000;

export interface NatsLink {
  connection: NatsConnection;
  where: string;
}

/** Connects to the first of the servers that lets us in. @throws ConnectorError of the last one */
export async function openLink(config: NatsConfig, context: SessionContext): Promise<NatsLink> {
  let failure: unknown;
  for (const server of serversOf(config.servers)) {
    try {
      return { connection: await connected(config, server, context), where: server.where };
    } catch (error) {
      failure = failureOf(error, server.where);
    }
  }
  throw failure;
}

async function connected(config: NatsConfig, server: NatsServer, context: SessionContext): Promise<NatsConnection> {
  const { connect } = await import('@nats-io/transport-node');
  const { host, port, where } = server;
  const timeoutMs = (config.connectTimeoutSeconds ?? DEFAULT_CONNECT_SECONDS) * 1_000;
  return withinDeadline({ timeoutMs, signal: context.signal, where }, async (signal) => {
    const address = await context.outbound.resolve(host);
    signal.throwIfAborted();
    return endingWith(signal, () =>
      connect({
        servers: isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`,
        timeout: timeoutMs,
        ...optionsOf(config, host),
      }),
    );
  });
}

/** Whose sockets are being made. */
const making = new AsyncLocalStorage<Set<Socket>>();
/** Node tells it of every socket that is about to be connected, where it was asked for. */
const NEW_SOCKET = 'net.client.socket';

/**
 * Connects, and destroys the sockets of that where it fails or the signal aborts before: the library hands out none, and
 * keeps the one of a server that has said nothing in time.
 */
async function endingWith<T>(signal: AbortSignal, connect: () => Promise<T>): Promise<T> {
  const sockets = new Set<Socket>();
  const note = (message: unknown): void => {
    if (making.getStore() === sockets) sockets.add((message as { socket: Socket }).socket);
  };
  const end = (): void => sockets.forEach((socket) => socket.destroy());
  subscribe(NEW_SOCKET, note);
  signal.addEventListener('abort', end, { once: true });
  try {
    return await making.run(sockets, connect);
  } catch (error) {
    end();
    throw error;
  } finally {
    unsubscribe(NEW_SOCKET, note);
    signal.removeEventListener('abort', end);
  }
}

function optionsOf({ clientName, auth, tls }: NatsConfig, host: string): ConnectionOptions {
  const { type = 'none', username, password, token } = auth ?? {};
  return {
    name: clientName ?? 'maestrohub',
    ...(type === 'user' && { user: username!, pass: password ?? '' }),
    ...(type === 'token' && { token: token! }),
    // The library hands on what `tls.connect` knows. The certificate is for the name, not for the address.
    tls: tls?.enabled ? ({ ...tlsOptions(tls), host, ...(!isIP(host) && { servername: host }) } as TlsOptions) : null,
    reconnect: false,
    // Other addresses of the cluster were judged by nobody.
    ignoreClusterUpdates: true,
    resolve: false,
    pingInterval: PING_EVERY,
    maxPingOut: 2,
  };
}
