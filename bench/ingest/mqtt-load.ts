import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { generate as packetBytes } from 'mqtt-packet';
import { fail, generate, type Job, type Lane } from './load.ts';
import { FIRST_NUMBER, topicName, valueTemplate, writeNumber } from './scenarios.ts';

/*
 * An MQTT 3.1.1 client that does nothing but publish. Packets are copies of one made beforehand with message id and
 * number written over, and of what comes back only CONNACK and PUBACK are looked at: a full client would take as much
 * of the machine as the hub.
 */

const CONNACK = 0x20;
const PUBACK = 0x40;
/** Packets of QoS 0 written at once. */
const BURST = 64;

void generate(async (job, lane, first, count) => {
  const socket = connect({ host: '127.0.0.1', port: job.port, noDelay: true });
  const publisher = new Publisher(socket, job, first, count);
  await publisher.signIn(`bench-${lane}`);
  return publisher;
});

class Publisher implements Lane {
  private readonly socket: Socket;
  private readonly job: Job;
  private readonly first: number;
  private readonly count: number;
  private readonly latencies: Float64Array;
  private readonly packets: PublishPackets;
  private readonly window: number;
  /** By message id: when it was sent. */
  private readonly sentAt: Float64Array;
  private readonly signedIn = Promise.withResolvers<void>();
  private readonly allAcknowledged = Promise.withResolvers<void>();
  private sent = 0;
  private acknowledged = 0;
  private rest: Buffer = Buffer.alloc(0);

  constructor(socket: Socket, job: Job, first: number, count: number) {
    this.socket = socket;
    this.job = job;
    this.first = first;
    this.count = count;
    const { qos, window } = job.scenario;
    this.packets = new PublishPackets(job);
    this.window = window;
    this.sentAt = new Float64Array(window + 1);
    this.latencies = new Float64Array(qos === 0 ? 0 : count);
    socket.on('data', (chunk) => this.read(chunk));
    socket.once('error', ({ message }) => fail(message));
    socket.once('close', () => fail('the hub closed the connection'));
  }

  async signIn(clientId: string): Promise<void> {
    this.socket.write(
      packetBytes({
        cmd: 'connect',
        protocolId: 'MQTT',
        protocolVersion: 4,
        clean: true,
        clientId,
        keepalive: 0,
        username: this.job.organizationId,
        password: Buffer.from(this.job.token),
      }),
    );
    await this.signedIn.promise;
  }

  async run(): Promise<Float64Array> {
    if (this.count === 0) return this.latencies;
    if (this.job.scenario.qos === 0) await this.sendUnacknowledged();
    else this.send(Array.from({ length: this.window }, (_, index) => index + 1));
    await this.allAcknowledged.promise;
    return this.latencies;
  }

  close(): void {
    this.socket.removeAllListeners('close').end(packetBytes({ cmd: 'disconnect' }));
  }

  /** One message for each of these free message ids, as long as there are any. */
  private send(ids: readonly number[]): void {
    const count = Math.min(ids.length, this.count - this.sent);
    if (count === 0) return;
    const now = performance.now();
    const bytes = this.packets.make(count, this.first + this.sent, ids);
    for (let index = 0; index < count; index++) this.sentAt[ids[index]!] = now;
    this.sent += count;
    this.socket.write(bytes);
  }

  /** The last goes at QoS 1: its acknowledgement tells when the hub has read all of them. */
  private async sendUnacknowledged(): Promise<void> {
    const last = this.count - 1;
    while (this.sent < last) {
      const count = Math.min(BURST, last - this.sent);
      const room = this.socket.write(this.packets.make(count, this.first + this.sent));
      this.sent += count;
      if (!room) await once(this.socket, 'drain');
    }
    this.socket.write(new PublishPackets(this.job, 1).make(1, this.first + last, [1]));
    this.acknowledged = last;
  }

  private read(chunk: Buffer): void {
    const bytes = this.rest.length > 0 ? Buffer.concat([this.rest, chunk]) : chunk;
    const freed: number[] = [];
    const now = performance.now();
    // Both packets are of two bytes and a length of one byte; nothing else is sent to a client without subscriptions.
    let at = 0;
    for (; at + 4 <= bytes.length; at += 4) {
      const body = bytes.readUInt16BE(at + 2);
      if (bytes[at] === PUBACK) freed.push(body);
      else if (bytes[at] !== CONNACK) fail(`unexpected packet 0x${bytes[at]!.toString(16)}`);
      else if (body === 0) this.signedIn.resolve();
      else fail(`sign-in refused with code ${body}`);
    }
    this.rest = bytes.subarray(at);
    if (freed.length > 0) this.settle(freed, now);
  }

  private settle(ids: readonly number[], now: number): void {
    for (const id of ids) {
      if (this.latencies.length > 0) this.latencies[this.acknowledged] = now - this.sentAt[id]!;
      this.acknowledged++;
    }
    if (this.acknowledged >= this.count) this.allAcknowledged.resolve();
    else this.send(ids);
  }
}

/** PUBLISH packets for all topics in turn, all of one length. */
class PublishPackets {
  private readonly templates: Buffer[];
  private readonly length: number;
  private readonly idAt: number;
  private readonly numberAt: number;

  constructor({ scenario }: Job, qos: 0 | 1 = scenario.qos) {
    const payload = valueTemplate(scenario.payload);
    this.templates = Array.from({ length: scenario.topics }, (_, index) =>
      packetBytes({ cmd: 'publish', topic: topicName(index), payload, qos, messageId: 1, dup: false, retain: false }),
    );
    this.length = this.templates[0]!.length;
    const payloadAt = this.length - Buffer.byteLength(payload);
    this.idAt = qos === 0 ? -1 : payloadAt - 2;
    this.numberAt = payloadAt + payload.indexOf(String(FIRST_NUMBER));
  }

  make(count: number, firstNumber: number, ids?: readonly number[]): Buffer {
    const bytes = Buffer.allocUnsafe(count * this.length);
    for (let index = 0; index < count; index++) {
      const at = index * this.length;
      const number = firstNumber + index;
      this.templates[number % this.templates.length]!.copy(bytes, at);
      if (ids) bytes.writeUInt16BE(ids[index]!, at + this.idAt);
      writeNumber(bytes, at + this.numberAt, number);
    }
    return bytes;
  }
}
