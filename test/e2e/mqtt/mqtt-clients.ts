import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect, connectAsync, type IClientOptions, type IPublishPacket, type MqttClient } from 'mqtt';
import { closing, inbox, mqttWire, nextBytes, nextEvent } from '#testing';

export const VERSIONS = [4, 5] as const;
export type Version = (typeof VERSIONS)[number];
export const VERSION_NAMES = [
  ['3.1.1', 4],
  ['5', 5],
] as const;

/** Who signs in: user name and password. */
export interface Login {
  id: string;
  token: string;
}

/** MQTT clients of one address, which end together. */
export class MqttClients {
  private readonly clients = new Set<MqttClient>();
  private readonly sockets = new Set<Socket>();

  constructor(private readonly url: string) {}

  /** A signed-in client that does not reconnect. @throws with the CONNACK's code when it is refused. */
  async connect(login: Login, options: IClientOptions = {}): Promise<MqttClient> {
    return this.keep(await connectAsync(this.url, signIn(login, options)));
  }

  /** … with its inbox: messages of a session may come in one piece with the CONNACK, before `connect` has resolved. */
  async resume(login: Login, options: IClientOptions): Promise<{ client: MqttClient; messages: Messages }> {
    const client = this.keep(connect(this.url, signIn(login, options)));
    const messages = inbox(client);
    await nextEvent(client, 'connect');
    return { client, messages };
  }

  /** The code of the CONNACK; 0 when the client is let in. */
  async connack(login: Login, options: IClientOptions = {}): Promise<number> {
    try {
      await this.connect(login, options);
      return 0;
    } catch (error) {
      return (error as { code: number }).code;
    }
  }

  /** A bare connection, for bytes that no client library would send. */
  async open(): Promise<Socket> {
    const socket = connectTcp(Number(new URL(this.url).port), '127.0.0.1');
    socket.on('error', () => undefined);
    this.sockets.add(socket.once('close', () => this.sockets.delete(socket)));
    await once(socket, 'connect');
    return socket;
  }

  /** A bare connection that has signed in. */
  async bare({ id, token }: Login, version: Version): Promise<Socket> {
    const socket = await this.open();
    const connack = nextBytes(socket);
    socket.write(mqttWire.connect(version, '', id, token));
    expect((await connack)[0]).toBe(0x20);
    return socket;
  }

  /** Ends what is still open, and waits until it is. */
  async end(): Promise<void> {
    const closed = [...this.clients].filter(({ connected }) => connected).map((client) => closing(client));
    for (const client of this.clients) client.end(true);
    for (const socket of this.sockets) socket.destroy();
    await Promise.all(closed);
  }

  private keep(client: MqttClient): MqttClient {
    client.on('error', () => undefined);
    this.clients.add(client.once('close', () => this.clients.delete(client)));
    return client;
  }
}

type Messages = ReturnType<typeof inbox>;

const signIn = ({ id, token }: Login, options: IClientOptions): IClientOptions => ({
  username: id,
  password: token,
  protocolVersion: 5,
  reconnectPeriod: 0,
  ...options,
});

/** Collects the packets of messages that a client receives. */
export function heardBy(client: MqttClient): IPublishPacket[] {
  const packets: IPublishPacket[] = [];
  client.on('message', (_topic, _payload, packet) => packets.push(packet));
  return packets;
}
