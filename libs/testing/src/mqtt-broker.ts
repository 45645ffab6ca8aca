import { once, type EventEmitter } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import { connectAsync, type IClientOptions, type IDisconnectPacket, type MqttClient, type Packet } from 'mqtt';
import {
  EmbeddedBroker,
  MqttGate,
  type MqttMessageContext,
  type MqttMessageHandler,
  type MqttPrincipal,
} from '#platform/mqtt';

/* The embedded broker on a free port, with credentials and a handler in memory. */

// Every refusal that a spec provokes would be a line.
Logger.overrideLogger(false);

export const ORG_A = '0190a000-0000-7000-8000-00000000000a';
export const ORG_B = '0190b000-0000-7000-8000-00000000000b';

interface Rights {
  organizationId: string;
  publish: (topic: string) => boolean;
  subscribe: (filter: string) => boolean;
}

const everything = () => true;

export class FakeMqttGate extends MqttGate {
  readonly tokens = new Map<string, Rights>();
  lookUps = 0;
  down = false;

  allow(organizationId: string, token: string, rights: Partial<Rights> = {}): void {
    this.tokens.set(token, { organizationId, publish: everything, subscribe: everything, ...rights });
  }

  signIn(userName: string, token: string): Promise<MqttPrincipal | undefined> {
    if (this.down) return Promise.reject(new Error('the database is down'));
    const rights = this.tokens.get(token);
    return Promise.resolve(rights?.organizationId === userName ? this.principal(token, rights) : undefined);
  }

  private principal(token: string, rights: Rights): MqttPrincipal {
    const principal: MqttPrincipal = {
      organizationId: rights.organizationId,
      mayPublish: rights.publish,
      maySubscribe: rights.subscribe,
      refresh: () => {
        this.lookUps++;
        if (this.down) return Promise.reject(new Error('the database is down'));
        const now = this.tokens.get(token);
        if (now === rights) return Promise.resolve(principal);
        return Promise.resolve(now && this.principal(token, now));
      },
    };
    return principal;
  }
}

interface Received extends MqttMessageContext {
  payload: Buffer;
}

/** Keeps what arrives, and answers as the spec says. */
export class FakeMqttHandler {
  readonly received: Received[] = [];
  answer: (message: Received) => Promise<unknown> = () => Promise.resolve();

  readonly handle: MqttMessageHandler = (payload, context) => {
    const message = { ...context, payload: Buffer.from(payload) };
    this.received.push(message);
    return this.answer(message);
  };

  get texts(): string[] {
    return this.received.map(({ payload }) => payload.toString());
  }
}

export class MqttTestBroker {
  readonly gate = new FakeMqttGate();
  readonly handler = new FakeMqttHandler();
  readonly broker = new EmbeddedBroker({ host: '127.0.0.1', port: 0 }, this.gate);
  private readonly clients: MqttClient[] = [];
  private readonly sockets: Socket[] = [];

  static async start(): Promise<MqttTestBroker> {
    const test = new MqttTestBroker();
    test.gate.allow(ORG_A, 'token-a');
    test.gate.allow(ORG_B, 'token-b');
    await test.broker.start(test.handler.handle);
    return test;
  }

  async stop(): Promise<void> {
    for (const client of this.clients) client.end(true);
    for (const socket of this.sockets) socket.destroy();
    await this.broker.stop();
  }

  options(organizationId: string, token: string, more: IClientOptions = {}): IClientOptions {
    const address = { host: '127.0.0.1', port: this.broker.port, protocol: 'mqtt' as const };
    return { ...address, username: organizationId, password: token, protocolVersion: 5, reconnectPeriod: 0, ...more };
  }

  /** A signed-in client. @throws with the CONNACK's code when it is refused. */
  async client(organizationId: string, token: string, more: IClientOptions = {}): Promise<MqttClient> {
    const client = await connectAsync(this.options(organizationId, token, more));
    client.on('error', () => undefined);
    this.clients.push(client);
    return client;
  }

  /** A bare connection that has signed in to organization A. */
  async signedIn(clientId: string, version: 4 | 5 = 4): Promise<Socket> {
    const socket = await this.socket();
    socket.write(mqttWire.connect(version, clientId, ORG_A, 'token-a'));
    await nextBytes(socket);
    return socket;
  }

  /** A bare connection, for bytes that no client library would send. */
  async socket(): Promise<Socket> {
    const socket = connectTcp(this.broker.port, '127.0.0.1');
    socket.on('error', () => undefined);
    this.sockets.push(socket);
    await once(socket, 'connect');
    return socket;
  }
}

/** Collects what a client receives. */
export function inbox(client: MqttClient): { topic: string; text: string; retain: boolean; qos: number }[] {
  const messages: { topic: string; text: string; retain: boolean; qos: number }[] = [];
  client.on('message', (topic, payload, { retain, qos }) => {
    messages.push({ topic, text: payload.toString(), retain, qos });
  });
  return messages;
}

/** Resolves with the reason code of the broker's DISCONNECT, or undefined when it just closes. */
export function closing(client: MqttClient): Promise<number | undefined> {
  let code: number | undefined;
  client.on('disconnect', (packet: IDisconnectPacket) => (code = packet.reasonCode));
  return new Promise((resolve) => client.once('close', () => resolve(code)));
}

/** Resolves with what comes with the client's next event of that name. */
export const nextEvent = <T>(client: MqttClient, name: string): Promise<T> =>
  new Promise((resolve) => (client as unknown as EventEmitter).once(name, resolve));

/** Publishes, and resolves with the reason code of the PUBACK or PUBREC, whatever else comes before it. */
export async function published(
  client: MqttClient,
  topic: string,
  payload: string | Buffer,
  qos: 1 | 2 = 1,
): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  const hear = (packet: Packet): void => {
    if (packet.cmd === 'puback' || packet.cmd === 'pubrec') resolve(packet.reasonCode ?? 0);
  };
  client
    .on('packetreceive', hear)
    .publishAsync(topic, payload, { qos })
    .catch(() => undefined);
  return promise.finally(() => client.off('packetreceive', hear));
}

/** Resolves with the bytes of the next packets from the broker, or empty when it closes the connection. */
export const nextBytes = (socket: Socket): Promise<Buffer> =>
  new Promise((resolve) => {
    socket.once('data', resolve);
    socket.once('close', () => resolve(Buffer.alloc(0)));
  });

const text = (value: string | Buffer): Buffer => {
  const bytes = Buffer.from(value as string);
  return Buffer.concat([Buffer.of(bytes.length >> 8, bytes.length & 0xff), bytes]);
};

/** MQTT packets byte by byte. */
export const mqttWire = {
  packet: (header: number, ...parts: Buffer[]): Buffer => {
    const body = Buffer.concat(parts);
    return Buffer.concat([Buffer.of(header), mqttWire.length(body.length), body]);
  },
  length: (value: number): Buffer => {
    const bytes: number[] = [];
    for (let rest = value; bytes.length === 0 || rest > 0; rest >>= 7)
      bytes.push((rest & 127) | (rest > 127 ? 128 : 0));
    return Buffer.from(bytes);
  },
  text,
  connect: (version: 4 | 5, clientId: string, organizationId: string, token: string, clean = true): Buffer =>
    mqttWire.packet(
      0x10,
      text('MQTT'),
      Buffer.of(version, 0xc0 | (clean ? 2 : 0), 0, 60),
      version === 5 ? Buffer.of(0) : Buffer.alloc(0),
      text(clientId),
      text(organizationId),
      text(token),
    ),
  /** MQTT 3.1.1. */
  publish: (topic: string | Buffer, payload: string, qos: 0 | 1 | 2 = 0, messageId = 1, dup = false): Buffer =>
    mqttWire.packet(
      0x30 | (qos << 1) | (dup ? 8 : 0),
      text(topic),
      qos > 0 ? Buffer.of(messageId >> 8, messageId & 0xff) : Buffer.alloc(0),
      Buffer.from(payload),
    ),
};
