import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect, type IClientOptions, type MqttClient } from 'mqtt';
import { SecretBox } from '#platform/crypto';
import { BrokerState, EmbeddedBroker, MqttGate } from '#platform/mqtt';
import { FakeMqttHandler, inbox, nextBytes, nextEvent, type TestApp } from '#testing';
import { heardBy, type Login } from './mqtt-clients';

type Write = BrokerState['storage']['write'];

/** The embedded broker on the tables of an application, with its real gate, which can be killed and started again. */
export class KeptBroker {
  readonly handler = new FakeMqttHandler();
  private readonly clients = new Set<MqttClient>();
  private readonly sockets = new Set<Socket>();
  /** Holds back what goes to the tables. */
  private gate: PromiseWithResolvers<void> | undefined;
  /** Batches that have arrived at the tables, or wait for them. */
  writes = 0;

  private constructor(
    private readonly app: TestApp,
    readonly willGraceMs: number,
  ) {}

  broker!: EmbeddedBroker;
  private kill: () => void = () => undefined;

  static async start(app: TestApp, willGraceMs = 200): Promise<KeptBroker> {
    const kept = new KeptBroker(app, willGraceMs);
    await kept.start();
    return kept;
  }

  private async start(): Promise<void> {
    const state = new BrokerState(this.app.database, this.app.nest.get(SecretBox));
    let isAlive = true;
    const write: Write = async (records) => {
      this.writes++;
      await this.gate?.promise;
      // A process that is gone writes nothing.
      if (isAlive) await state.storage.write(records);
    };
    this.kill = () => (isAlive = false);
    this.broker = new EmbeddedBroker({ host: '127.0.0.1', port: 0 }, this.app.nest.get(MqttGate, { strict: false }), {
      state: {
        storage: { write },
        load: (store) => state.load(store),
        seal: (token) => state.seal(token),
        open: (sealed) => state.open(sealed),
      },
      willGraceMs: this.willGraceMs,
    });
    await this.broker.start(this.handler.handle);
  }

  /** As `kill -9` and a start do it: nothing more reaches the tables. */
  async crash(): Promise<void> {
    this.kill();
    await this.halt();
    await this.start();
  }

  /** In good order, within the process. */
  async restart(): Promise<void> {
    await this.broker.stop();
    this.end();
    await this.broker.start(this.handler.handle);
  }

  /** … and leaves nothing in the tables: the next one would send the wills of these clients, and count their sessions. */
  async stop(): Promise<void> {
    await this.halt();
    for (const table of ['mqtt_wills', 'mqtt_retained', 'mqtt_messages', 'mqtt_sessions']) {
      await this.app.database.asSystem((manager) => manager.query(`DELETE FROM ${table}`));
    }
  }

  /** From now on the tables do not answer. */
  hold(): void {
    this.gate = Promise.withResolvers();
  }

  release(): void {
    this.gate?.resolve();
    this.gate = undefined;
  }

  private async halt(): Promise<void> {
    this.release();
    await this.broker.stop();
    this.end();
  }

  private end(): void {
    for (const client of this.clients) client.end(true);
    for (const socket of this.sockets) socket.destroy();
    this.clients.clear();
    this.sockets.clear();
  }

  /** A client with what it hears and its CONNACK: messages of a session follow that at once. */
  async client({ id, token }: Login, options: IClientOptions = {}) {
    const client = connect(`mqtt://127.0.0.1:${this.broker.port}`, {
      username: id,
      password: token,
      protocolVersion: 5,
      reconnectPeriod: 0,
      ...options,
    });
    client.on('error', () => undefined);
    this.clients.add(client);
    const [messages, packets] = [inbox(client), heardBy(client)];
    const { sessionPresent } = await nextEvent<{ sessionPresent: boolean }>(client, 'connect');
    return { client, messages, packets, sessionPresent };
  }

  /** A bare connection that has sent these bytes, and what was answered. */
  async bare(connect: Buffer): Promise<{ socket: Socket; answer: Buffer }> {
    const socket = connectTcp(this.broker.port, '127.0.0.1');
    socket.on('error', () => undefined);
    this.sockets.add(socket);
    await once(socket, 'connect');
    socket.write(connect);
    return { socket, answer: await nextBytes(socket) };
  }
}

/** A session of MQTT 5 that lasts for a minute. */
export const lasting = (clientId: string): IClientOptions => ({
  clientId,
  clean: false,
  properties: { sessionExpiryInterval: 60 },
});
