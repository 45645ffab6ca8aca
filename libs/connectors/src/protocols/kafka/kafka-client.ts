import { isIP } from 'node:net';
import type { BaseOptions, Broker, Connection, ConnectionPool } from '@platformatic/kafka';
import type { OutboundRules } from '../../outbound';
import { tlsOptions } from '../support/tls';
import { brokersOf, type AuthType, type KafkaConfig } from './kafka-config';

const DEFAULT_CONNECT_SECONDS = 10;
/** Milliseconds; also what a broker may take for one record. */
export const REQUEST_TIMEOUT = 30_000;

const MECHANISMS = {
  plain: 'PLAIN',
  'scram-sha-256': 'SCRAM-SHA-256',
  'scram-sha-512': 'SCRAM-SHA-512',
} as const satisfies Record<Exclude<AuthType, 'none'>, string>;

/** Options of the library's clients. The pools of a client have to be guarded as well. */
export function clientOptions(config: KafkaConfig, outbound: OutboundRules): BaseOptions {
  const { clientId = 'maestrohub', auth, tls, connectTimeoutSeconds = DEFAULT_CONNECT_SECONDS } = config;
  const brokers = brokersOf(config);
  return {
    clientId,
    bootstrapBrokers: brokers,
    connectTimeout: connectTimeoutSeconds * 1_000,
    requestTimeout: REQUEST_TIMEOUT,
    timeout: REQUEST_TIMEOUT,
    retries: 0,
    autocreateTopics: false,
    ...(auth &&
      auth.type !== 'none' && {
        sasl: { mechanism: MECHANISMS[auth.type], username: auth.username!, password: auth.password! },
      }),
    ...(tls?.enabled && {
      tls: { ...tlsOptions(tls), lookup: outbound.lookup },
      // An address is no server name.
      tlsServerName: brokers.every(({ host }) => isIP(host) === 0),
    }),
  };
}

/**
 * Every broker, also those that the cluster tells of, is judged before it is connected to. The library knows no hook for
 * that, but asks its pool for each of them. By TLS the name is kept, for the certificate, and looked up by the rules.
 */
export function guard(pool: ConnectionPool, outbound: OutboundRules, byName: boolean): void {
  type Got = (error: Error | null, connection?: Connection) => void;
  const get = pool.get.bind(pool) as (broker: Broker, callback: Got) => void;
  const judged = async (broker: Broker): Promise<Broker> => {
    if (!byName) return { ...broker, host: await outbound.resolve(broker.host) };
    outbound.requireAllowed(broker.host);
    return broker;
  };
  const guarded = (broker: Broker, callback: Got): void => {
    judged(broker).then(
      (allowed) => get(allowed, callback),
      (error: unknown) => callback(error as Error),
    );
  };
  pool.get = guarded as ConnectionPool['get'];
  // It may tell more than one error; the pool listens to the first alone.
  pool.on('connecting', ({ connection }) => void connection.on('error', () => undefined));
}

/** Whatever the other side does: the library's own closing waits for it. */
export function destroy(pool: ConnectionPool): void {
  for (const [, connection] of pool) connection.socket.destroy();
}
