import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { fail, generate, type Job, type Lane } from './load.ts';
import { FIRST_NUMBER, topicName, valueTemplate, writeNumber } from './scenarios.ts';

/*
 * HTTP/1.1 by hand over connections that are kept: one request at a time on each, made beforehand with the numbers
 * written over. A full client would take as much of the machine as the hub.
 */

void generate(async (job, lane, first, count) => {
  const socket = connect({ host: '127.0.0.1', port: job.port, noDelay: true });
  await once(socket, 'connect');
  return new Requester(socket, job, lane, first, count);
});

class Requester implements Lane {
  private readonly socket: Socket;
  private readonly lane: number;
  private readonly first: number;
  private readonly batch: number;
  private readonly latencies: Float64Array;
  private readonly requests: Buffer[];
  private readonly numbersAt: number[][];
  private readonly all = Promise.withResolvers<void>();
  private readonly total: number;
  private done = 0;
  private sentAt = 0;
  private rest: Buffer = Buffer.alloc(0);

  constructor(socket: Socket, job: Job, lane: number, first: number, count: number) {
    const { batch, topics } = job.scenario;
    this.socket = socket;
    this.lane = lane;
    this.first = first;
    this.batch = batch;
    this.total = count / batch;
    this.latencies = new Float64Array(this.total);
    // One request for each topic, or a single one that goes through all of them.
    this.requests = Array.from({ length: batch === 1 ? topics : 1 }, (_, topic) => request(job, topic));
    this.numbersAt = this.requests.map((bytes) => placesOf(bytes, String(FIRST_NUMBER)));
    socket.on('data', (chunk) => this.read(chunk));
    socket.once('error', ({ message }) => fail(message));
    socket.once('close', () => fail('the hub closed the connection'));
  }

  async run(): Promise<Float64Array> {
    this.sendNext();
    await this.all.promise;
    return this.latencies;
  }

  close(): void {
    this.socket.removeAllListeners('close').end();
  }

  private sendNext(): void {
    if (this.done === this.total) return this.all.resolve();
    // Each connection begins with another topic.
    const which = (this.lane + this.done) % this.requests.length;
    const bytes = this.requests[which]!;
    let number = this.first + this.done * this.batch;
    for (const at of this.numbersAt[which]!) writeNumber(bytes, at, number++);
    this.sentAt = performance.now();
    this.socket.write(bytes);
  }

  private read(chunk: Buffer): void {
    this.rest = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    const headEnd = this.rest.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const head = this.rest.toString('latin1', 0, headEnd);
    const length = /^content-length: *(\d+)/im.exec(head)?.[1];
    if (length === undefined) fail(`an answer without Content-Length:\n${head}`);
    if (this.rest.length < headEnd + 4 + Number(length)) return;
    if (!head.startsWith('HTTP/1.1 200')) fail(this.rest.toString());
    this.rest = Buffer.alloc(0);
    this.latencies[this.done++] = performance.now() - this.sentAt;
    this.sendNext();
  }
}

/** A request with `scenario.batch` values, the first for the given topic. */
function request({ scenario, organizationId, token, port }: Job, topic: number): Buffer {
  const value = valueTemplate(scenario.payload);
  const records = Array.from(
    { length: scenario.batch },
    (_, index) => `{"topic":"${topicName((topic + index) % scenario.topics)}","value":${value}}`,
  );
  const [path, body] =
    scenario.batch === 1 ? ['publish', records[0]!] : ['publish/batch', `{"records":[${records.join(',')}]}`];
  const head = [
    `POST /api/v1/uns/data/${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    `Authorization: Bearer ${token}`,
    `X-Organization-ID: ${organizationId}`,
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
}

/** Where in the body a text stands. */
function placesOf(bytes: Buffer, text: string): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf('\r\n\r\n'); (at = bytes.indexOf(text, at)) >= 0; at += text.length) places.push(at);
  return places;
}
