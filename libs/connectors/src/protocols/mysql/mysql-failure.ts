import { ConnectorError } from '../../calls/connector-error';

interface ServerError extends Error {
  code?: string;
  errno?: number;
  sqlState?: string;
}

/** Too many connections, lock wait, deadlock, shutdown, query interrupted, server gone or lost, read-only for now. */
const PASSING = new Set([1040, 1203, 1205, 1213, 1053, 1077, 1317, 1226, 1836, 2006, 2013, 3024, 4031]);

const OF_CLIENT: Readonly<Record<string, readonly [says: string, retryable: boolean]>> = {
  HANDSHAKE_NO_SSL_SUPPORT: ['the server offers no TLS (tls.mode disabled connects without)', false],
  PROTOCOL_CONNECTION_LOST: ['the connection was closed before the answer was complete', true],
  PROTOCOL_PACKETS_OUT_OF_ORDER: ['the server does not speak this protocol', true],
  PROTOCOL_UNEXPECTED_PACKET: ['the server does not speak this protocol', true],
  PROTOCOL_ERROR: ['the server does not speak this protocol', true],
};

export const offersNoTls = (error: unknown): boolean =>
  (error as ServerError | undefined)?.code === 'HANDSHAKE_NO_SSL_SUPPORT';

/** An error of the server or of its client in words for people; undefined for any other. */
export function failureOf(error: unknown, where: string): ConnectorError | undefined {
  const { code = '', errno, sqlState, message = '' } = (error ?? {}) as Partial<ServerError>;
  if (errno !== undefined && sqlState !== undefined) {
    const details = { code, errno, sqlState };
    return new ConnectorError(`${where}: ${message} (${code})`, { retryable: PASSING.has(errno), details });
  }
  if (code === 'HANDSHAKE_SSL_ERROR') {
    const retryable = /ECONNRESET|disconnected/.test(message);
    return new ConnectorError(`${where}: TLS failed: ${message.split(/[;\n]/)[0]!}`, { retryable });
  }
  const known = OF_CLIENT[code];
  if (known) return new ConnectorError(`${where}: ${known[0]}`, { retryable: known[1] });
  if (/closed state|closing state/.test(message)) {
    return new ConnectorError(`${where}: the connection was closed`, { retryable: true });
  }
  return /packet|protocol|handshake|should not reach|encoding not recognized|auth plugin/i.test(message)
    ? new ConnectorError(`${where}: ${OF_CLIENT['PROTOCOL_ERROR']![0]}`, { retryable: true })
    : undefined;
}
