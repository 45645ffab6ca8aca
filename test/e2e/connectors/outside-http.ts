import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer } from 'node:net';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

export interface Received {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  body: string;
}

const HUGE = 11 * 1024 * 1024;

/** A server that has nothing to do with ours, with good and bad manners by path. */
export class OutsideHttp {
  readonly received: Received[] = [];
  /** Tokens that it takes, and how many it has given. */
  readonly tokens = { valid: new Set<string>(), given: 0, expiresIn: 3_600 };
  private readonly server: Server;

  constructor(tls?: { key: string; cert: string; ca?: string; requestCert?: boolean; rejectUnauthorized?: boolean }) {
    this.server = tls ? createTlsServer(tls, this.answer) : createServer(this.answer);
  }

  async start(): Promise<this> {
    await once(this.server.listen(0, '127.0.0.1'), 'listening');
    return this;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${'setSecureContext' in this.server ? 'https' : 'http'}://127.0.0.1:${this.port}`;
  }

  get last(): Received {
    return this.received.at(-1)!;
  }

  stop(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((done) => this.server.close(() => done()));
  }

  private readonly answer: RequestListener = (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const body = Buffer.concat(chunks).toString();
      this.received.push({ method, url, headers, body });
      const { pathname, searchParams } = new URL(url, 'http://x');
      const json = (status: number, value: unknown): void => {
        response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(value));
      };
      const [, first = '', second] = pathname.split('/');
      switch (first) {
        case 'echo':
          return json(200, { method, url, headers, body });
        case 'status':
          return json(Number(second), { said: headers });
        case 'text':
          return void response
            .writeHead(200, { 'Content-Type': 'text/plain; charset=latin1' })
            .end(Buffer.from([0xe4]));
        case 'bytes':
          return void response.writeHead(200, { 'Content-Type': 'image/png' }).end(Buffer.from([0, 1, 255]));
        case 'nul':
          return json(200, { text: 'a\0b' });
        case 'malformed':
          return void response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"a": ');
        case 'gzip':
          return void response
            .writeHead(200, { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' })
            .end(gzipSync('{"packed":true}'));
        case 'bomb':
          return void response.writeHead(200, { 'Content-Encoding': 'gzip' }).end(gzipSync(Buffer.alloc(HUGE)));
        case 'huge':
          return void response.writeHead(200, { 'Content-Type': 'text/plain' }).end(Buffer.alloc(HUGE, 'x'));
        case 'slow':
          return;
        case 'drip':
          // Begins, and never ends.
          return void response.writeHead(200, { 'Content-Type': 'text/plain' }).write('x');
        case 'redirect':
          return void response
            .writeHead(Number(second ?? 302), { Location: searchParams.get('to') ?? '/redirect' })
            .end();
        case 'token':
          return this.giveToken(body, headers, json);
        case 'guarded': {
          const token = headers.authorization?.replace('Bearer ', '');
          return this.tokens.valid.has(token ?? '') ? json(200, { in: true }) : json(401, { told: token ?? null });
        }
        default:
          return json(404, { error: 'no such thing' });
      }
    });
  };

  private giveToken(body: string, headers: IncomingHttpHeaders, json: (status: number, value: unknown) => void): void {
    const form = new URLSearchParams(body);
    const basic = Buffer.from(headers.authorization?.replace('Basic ', '') ?? '', 'base64').toString();
    const secret = form.get('client_secret') ?? basic.split(':')[1];
    if (secret !== 'open%3Asesame' && secret !== 'open:sesame') return json(401, { error: 'invalid_client' });
    const token = `issued-token-${++this.tokens.given}`;
    this.tokens.valid.add(token);
    json(200, { access_token: token, token_type: 'Bearer', expires_in: this.tokens.expiresIn });
  }
}

/** A server that writes exactly these bytes to everybody and hangs up. */
export async function rawServer(text: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const server: TcpServer = createTcpServer((socket) => {
    socket.on('error', () => undefined).once('data', () => socket.end(text));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const stop = (): Promise<void> => new Promise((done) => server.close(() => done()));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

/** A key and its self-signed certificate for 127.0.0.1. */
export function selfSigned(name: string): { key: string; cert: string } {
  const directory = mkdtempSync(join(tmpdir(), 'certificate-'));
  try {
    const [key, cert] = [join(directory, 'key.pem'), join(directory, 'cert.pem')];
    execFileSync(
      'openssl',
      `req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=${name} -addext subjectAltName=IP:127.0.0.1 -keyout ${key} -out ${cert}`.split(
        ' ',
      ),
      { stdio: 'ignore' },
    );
    return { key: readFileSync(key, 'utf8'), cert: readFileSync(cert, 'utf8') };
  } finally {
    rmSync(directory, { recursive: true });
  }
}
