import { isIP } from 'node:net';
import type { ConnectionOptions, NatsConnection, TlsOptions } from '@nats-io/transport-node';
import type { OutboundRules } from '../../outbound';
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
export async function openLink(config: NatsConfig, outbound: OutboundRules): Promise<NatsLink> {
  let failure: unknown;
  for (const server of serversOf(config.servers)) {
    try {
      return { connection: await connected(config, server, outbound), where: server.where };
    } catch (error) {
      failure = failureOf(error, server.where);
    }
  }
  throw failure;
}

async function connected(config: NatsConfig, server: NatsServer, outbound: OutboundRules): Promise<NatsConnection> {
  const { connect } = await import('@nats-io/transport-node');
  const { host, port, where } = server;
  const timeoutMs = (config.connectTimeoutSeconds ?? DEFAULT_CONNECT_SECONDS) * 1_000;
  return withinDeadline({ timeoutMs, where }, async (signal) => {
    const address = await outbound.resolve(host);
    const connecting = connect({
      servers: isIP(address) === 6 ? `[${address}]:${port}` : `${address}:${port}`,
      timeout: timeoutMs,
      ...optionsOf(config, host),
    });
    // Nobody waits for one that comes too late.
    void connecting.then((late) => (signal.aborted ? late.close() : undefined)).catch(() => undefined);
    return connecting;
  });
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
