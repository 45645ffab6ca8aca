import { once } from 'node:events';
import { connect } from 'node:net';
import { json } from 'node:stream/consumers';

/*
 * Sends one request over and over, each connection the next when the answer is there. HTTP/1.1 by hand: a full client
 * would take as much of the machine as the hub.
 */

export interface Job {
  port: number;
  path: string;
  headers: Readonly<Record<string, string>>;
  clients: number;
  seconds: number;
}

export interface Outcome {
  requests: number;
  seconds: number;
}

async function main(): Promise<void> {
  const job = (await json(process.stdin)) as Job;
  const began = performance.now();
  const counts = await Promise.all(Array.from({ length: job.clients }, () => lane(job, began + job.seconds * 1000)));
  const outcome: Outcome = {
    requests: counts.reduce((sum, count) => sum + count, 0),
    seconds: (performance.now() - began) / 1000,
  };
  process.stdout.write(JSON.stringify(outcome));
}

async function lane({ port, path, headers }: Job, until: number): Promise<number> {
  const fields = Object.entries({ Host: `127.0.0.1:${port}`, ...headers }).map(([name, value]) => `${name}: ${value}`);
  const request = Buffer.from([`GET ${path} HTTP/1.1`, ...fields, '', ''].join('\r\n'));
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  const done = Promise.withResolvers<number>();
  let count = 0;
  let rest = '';
  socket.on('error', done.reject).on('close', () => done.reject(new Error('the hub closed the connection')));
  socket.on('data', (chunk) => {
    rest += chunk.toString('latin1');
    const headEnd = rest.indexOf('\r\n\r\n');
    const length = /\r\ncontent-length: (\d+)/i.exec(rest)?.[1];
    if (headEnd < 0 || length === undefined || rest.length < headEnd + 4 + Number(length)) return;
    if (!rest.startsWith('HTTP/1.1 200')) return done.reject(new Error(rest));
    rest = '';
    count++;
    if (performance.now() < until) socket.write(request);
    else done.resolve(count);
  });
  socket.write(request);
  const total = await done.promise;
  socket.removeAllListeners('close').end();
  return total;
}

void main();
