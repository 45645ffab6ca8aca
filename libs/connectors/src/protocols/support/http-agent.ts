import { Agent, type Dispatcher } from 'undici';
import { ConnectorError } from '../../calls/connector-error';
import type { OutboundRules } from '../../outbound';
import { tlsOptions, type TlsConfig } from './tls';

/** Sockets to each server, and servers at the same time (redirects lead to others). */
const MOST_SOCKETS = 16;
const MOST_ORIGINS = 10;
/** Milliseconds. */
const LONGEST_CONNECT = 10_000;

/** HTTP under the outbound rules, with connections that are kept; it follows no redirects and knows no proxies. */
export const httpAgent = (outbound: OutboundRules, timeoutMs: number, tls?: TlsConfig): Agent =>
  new Agent({
    connect: outbound.connector({
      ...tlsOptions(tls),
      timeout: Math.min(timeoutMs, LONGEST_CONNECT),
      allowH2: false,
    }),
    allowH2: false,
    connections: MOST_SOCKETS,
    maxOrigins: MOST_ORIGINS,
    // One deadline holds for the whole call.
    headersTimeout: 0,
    bodyTimeout: 0,
  });

export interface PlainRequest {
  method: string;
  url: URL;
  headers: Record<string, string>;
  body?: Uint8Array | string | null | undefined;
  signal: AbortSignal | undefined;
}

/** Sends what a client library has made. */
export function sendBy(
  agent: Agent,
  { method, url, headers, body, signal }: PlainRequest,
): Promise<Dispatcher.ResponseData> {
  return agent.request({
    origin: url.origin,
    path: `${url.pathname}${url.search}`,
    method: method,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_TRANSPORT.test(name))),
    body: body ?? null,
    ...(signal && { signal }),
  });
}

/** The agent sees to these; a library's `expect` would cost a round trip. */
const OF_TRANSPORT = /^(connection|expect|keep-alive|transfer-encoding)$/i;

/** All of a stream that is meant to be small. @throws ConnectorError where it is larger than so many bytes. */
export async function readBytes(
  body: AsyncIterable<unknown>,
  most: number,
  tooLarge = (bytes: number) => new ConnectorError(`The answer is larger than ${bytes / MIB} MiB`),
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk as Buffer);
    size += (chunk as Buffer).length;
    // Leaving the loop ends the stream and its connection.
    if (size > most) throw tooLarge(most);
  }
  return Buffer.concat(chunks);
}

export const MIB = 1024 * 1024;
