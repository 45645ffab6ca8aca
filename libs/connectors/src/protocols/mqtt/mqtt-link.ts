import { setTimeout as delay } from 'node:timers/promises';
import type { IClientOptions, IPublishPacket, MqttClient } from 'mqtt';
import { ConnectorError } from '../../calls/connector-error';
import type { SessionContext } from '../protocol';
import { withinDeadline } from '../support/deadline';
import { openStream } from '../support/stream';
import { targetOf, type MqttConfig, type MqttVersion } from './mqtt-config';
import { failureOf, refusalOf } from './mqtt-failure';

/** Messages that are taken and not acknowledged yet: MQTT 5 Receive Maximum (section 3.1.2.11.3). */
export const RECEIVE_MAXIMUM = 200;
/** Bytes: MQTT 5 Maximum Packet Size. */
const LARGEST_PACKET = 10 * 1024 * 1024;
const DEFAULT_EXPIRY = 86_400;
const DEFAULT_CONNECT_SECONDS = 30;
/** Milliseconds. */
const GOODBYE_MS = 2_000;

const PROTOCOL_VERSIONS = { '3.1': 3, '3.1.1': 4, '5.0': 5 } as const;

/** First bytes of packets without anything but a message id. */
const ACKS = { 1: 0x40, 2: 0x50 } as const;

export interface Receiver {
  /** The callback lets the next packet in; `acknowledge` tells the broker (PUBACK, PUBREC) that the message is kept. */
  receive(packet: IPublishPacket, next: () => void, acknowledge: () => void): void;
}

export interface LinkOptions {
  config: MqttConfig;
  clientId: string;
  /** The broker keeps nothing for this client. */
  clean: boolean;
  context: Pick<SessionContext, 'outbound' | 'signal'>;
  receiver?: Receiver;
}

const nobody: Receiver = { receive: (_packet, next) => next() };

/** The message is acknowledged by us, later; mqtt.js reads on when it is given an error. */
const deferred = new Error('deferred');

/** One client that is connected to the broker, until it is not. */
export class MqttLink {
  private failure: Error | undefined;
  private closing = false;
  private readonly ended = Promise.withResolvers<never>();
  /** Told once when the connection is gone by itself. */
  onLost: (reason: ConnectorError) => void = () => undefined;

  private constructor(
    readonly client: MqttClient,
    readonly where: string,
    readonly version: MqttVersion,
  ) {
    this.ended.promise.catch(() => undefined);
    client.on('error', (error) => {
      if (error === deferred) return;
      this.failure ??= error;
      // mqtt.js keeps a connection over which it cannot read any more.
      client.stream.destroy();
    });
    client.on('disconnect', ({ reasonCode = 0x80 }) => (this.failure ??= refusalOf(reasonCode, where)));
    client.on('close', () => this.gone());
  }

  /** Resolves once the broker has let us in. @throws ConnectorError */
  static async open({ config, clientId, clean, context, receiver = nobody }: LinkOptions): Promise<MqttLink> {
    const { MqttClient: Client } = await import('mqtt');
    const { where, ...target } = targetOf(config);
    const timeoutMs = (config.connectTimeoutSeconds ?? DEFAULT_CONNECT_SECONDS) * 1_000;
    try {
      return await withinDeadline({ timeoutMs, signal: context.signal, where }, async (signal) => {
        const stream = await openStream(context.outbound, target, signal);
        const client = new Client(() => stream, optionsOf(config, clientId, clean));
        const link = new MqttLink(client, where, config.version ?? '3.1.1');
        hand(client, receiver);
        const abort = (): void => link.abandon();
        signal.addEventListener('abort', abort, { once: true });
        await Promise.race([new Promise((connected) => client.once('connect', connected)), link.ended.promise]);
        signal.removeEventListener('abort', abort);
        return link;
      });
    } catch (error) {
      throw failureOf(error, where);
    }
  }

  get isUp(): boolean {
    return this.client.connected && !this.closing;
  }

  /** What the broker answers, unless the connection ends before. @throws ConnectorError */
  async ask<T>(
    timeoutMs: number,
    signal: AbortSignal | undefined,
    work: (client: MqttClient) => Promise<T>,
  ): Promise<T> {
    const { where } = this;
    try {
      return await withinDeadline({ timeoutMs, signal, where }, () =>
        Promise.race([work(this.client), this.ended.promise]),
      );
    } catch (error) {
      throw failureOf(error, where);
    }
  }

  /** Says goodbye; the broker keeps the session if it is one to keep. */
  async close(): Promise<void> {
    this.closing = true;
    if (this.client.connected) {
      await Promise.race([this.client.endAsync(), delay(GOODBYE_MS, undefined, { ref: false })]);
    }
    this.abandon();
  }

  private gone(): void {
    const reason = failureOf(this.failure ?? new Error('closed'), this.where);
    const { closing } = this;
    this.abandon();
    this.ended.reject(reason);
    if (!closing) this.onLost(reason);
  }

  private abandon(): void {
    this.closing = true;
    this.client.end(true);
    this.client.stream.destroy();
  }
}

function optionsOf(config: MqttConfig, clientId: string, clean: boolean): IClientOptions {
  const { version = '3.1.1', username, password, keepAliveSeconds: keepalive = 60 } = config;
  const { sessionExpirySeconds = DEFAULT_EXPIRY } = config;
  return {
    protocolVersion: PROTOCOL_VERSIONS[version],
    protocolId: version === '3.1' ? 'MQIsdp' : 'MQTT',
    clientId,
    clean,
    keepalive,
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    reconnectPeriod: 0,
    // One deadline holds for all of connecting.
    connectTimeout: 2 ** 31 - 1,
    resubscribe: false,
    queueQoSZero: false,
    ...(version === '5.0' && {
      properties: {
        receiveMaximum: RECEIVE_MAXIMUM,
        maximumPacketSize: LARGEST_PACKET,
        ...(!clean && { sessionExpiryInterval: sessionExpirySeconds }),
      },
    }),
  };
}

/**
 * Hands messages on before they are acknowledged. mqtt.js acknowledges QoS 1 after `handleMessage` and QoS 2 after
 * `customHandleAcks`, and reads nothing until these call back; with an error it reads on and leaves that to us.
 */
function hand(client: MqttClient, receiver: Receiver): void {
  const receive = (packet: IPublishPacket, next: () => void): void => {
    const { qos, messageId = 0 } = packet;
    const { stream } = client;
    receiver.receive(packet, next, () => {
      if (qos !== 0 && client.connected) stream.write(Buffer.from([ACKS[qos], 2, messageId >> 8, messageId & 0xff]));
    });
  };
  client.handleMessage = (packet, callback) => {
    // One of QoS 2 was received when it came; this is its release.
    if (packet.qos === 2) callback();
    else receive(packet, () => callback(deferred));
  };
  client.options.customHandleAcks = (_topic, _message, packet: IPublishPacket, callback) => {
    if (packet.qos === 2) receive(packet, () => callback(deferred));
    else callback(0);
  };
}

/** @throws ConnectorError where the broker takes no message of that size. */
export function requireSize({ client, where }: MqttLink, bytes: number): void {
  const largest = Math.min(client.serverProperties?.maximumPacketSize ?? LARGEST_PACKET, LARGEST_PACKET);
  if (bytes > largest) throw new ConnectorError(`${where}: a message may have ${largest} bytes at most`);
}
