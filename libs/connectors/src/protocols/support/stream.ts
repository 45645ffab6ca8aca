import { isIP, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import type { OutboundRules } from '../../outbound';
import { tlsOptions, type TlsConfig } from './tls';

export interface StreamTarget {
  host: string;
  port: number;
  /** Without it the stream is plain. */
  tls?: TlsConfig | undefined;
}

/**
 * A connected stream, with TLS done, for clients that take one. @throws OutboundRefused; Error with a code of the network or
 * of TLS
 */
export async function openStream(
  outbound: OutboundRules,
  { host, port, tls }: StreamTarget,
  signal: AbortSignal,
): Promise<Socket> {
  const socket = await outbound.socket(host, port, signal);
  const stream = tls ? await secured(socket, host, tls, signal) : socket;
  // Until its client listens. An error is followed by `close`.
  return stream.on('error', () => undefined);
}

/** The signal ends the handshake; from then on it has no part in the stream. */
function secured(socket: Socket, host: string, tls: TlsConfig, signal: AbortSignal): Promise<TLSSocket> {
  const { promise, resolve, reject } = Promise.withResolvers<TLSSocket>();
  const stream = connect({ ...tlsOptions(tls), socket, host, ...(!isIP(host) && { servername: host }) });
  stream.on('error', () => undefined);
  const fail = (error: Error): void => {
    socket.destroy();
    reject(error);
  };
  const abort = (): void => fail(signal.reason as Error);
  const gone = (): void => fail(Object.assign(new Error('closed in the TLS handshake'), { code: 'ECONNRESET' }));
  signal.addEventListener('abort', abort, { once: true });
  stream
    .once('error', fail)
    .once('close', gone)
    .once('secureConnect', () => {
      stream.off('error', fail).off('close', gone);
      resolve(stream);
    });
  return promise.finally(() => signal.removeEventListener('abort', abort));
}
