import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { json } from 'node:stream/consumers';

/*
 * Calls one webhook over and over, each connection the next time when the answer is there. A process of its own, and
 * HTTP/1.1 by hand: a full client would take as much of the machine as the hub.
 */

export interface Job {
  port: number;
  path: string;
  body: string;
  clients: number;
  count: number;
}

/** A run that was accepted. */
export interface Sent {
  executionId: string;
  /** Epoch milliseconds at which its request was sent, and those that the answer took. */
  at: number;
  took: number;
}

/** Resolves when every request has been answered. @throws Error when one is refused. */
export async function sendAll(job: Job): Promise<Sent[]> {
  const child = spawn(process.execPath, [import.meta.filename], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => undefined).end(JSON.stringify(job));
  const [sent, [code]] = await Promise.all([
    json(child.stdout).catch(() => undefined),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  if (code !== 0 || sent === undefined) throw new Error('the load generator failed');
  return sent as Sent[];
}

async function main(): Promise<void> {
  const job = (await json(process.stdin)) as Job;
  let left = job.count;
  const take = (): boolean => left-- > 0;
  const sent = await Promise.all(Array.from({ length: job.clients }, () => lane(job, take)));
  process.stdout.write(JSON.stringify(sent.flat()));
}

async function lane({ port, path, body }: Job, take: () => boolean): Promise<Sent[]> {
  const head = [
    `POST ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  const request = Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  const sent: Sent[] = [];
  const done = Promise.withResolvers<void>();
  let rest = '';
  let [at, began] = [0, 0];
  const next = (): void => {
    if (!take()) return done.resolve();
    [at, began] = [Date.now(), performance.now()];
    socket.write(request);
  };
  socket.on('error', done.reject).on('close', () => done.reject(new Error('the hub closed the connection')));
  socket.on('data', (chunk) => {
    rest += chunk.toString('latin1');
    const headEnd = rest.indexOf('\r\n\r\n');
    const length = /\r\ncontent-length: (\d+)/i.exec(rest)?.[1];
    if (headEnd < 0 || length === undefined || rest.length < headEnd + 4 + Number(length)) return;
    const executionId = /"executionId":"([^"]+)"/.exec(rest)?.[1];
    if (executionId === undefined) return done.reject(new Error(rest));
    sent.push({ executionId, at, took: performance.now() - began });
    rest = '';
    next();
  });
  next();
  await done.promise;
  socket.removeAllListeners('close').end();
  return sent;
}

if (import.meta.main) void main();
