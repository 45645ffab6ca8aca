import { Aedes, type AedesOptions } from 'aedes';
import type { BrokerClient, BrokerPacket, Qos } from './aedes-internals';
import type { SessionStore } from './session-store';

interface Message {
  topic: string;
  payload: Buffer | string;
  qos?: Qos;
  retain?: boolean;
  properties?: Record<string, unknown>;
}

interface Emitter {
  emit(packet: BrokerPacket, done: (error?: Error) => void): void;
}

const noop = (): void => undefined;

/**
 * aedes with a publish of our own. The library's one numbers a message, then waits for its persistence, and a subscriber
 * drops what arrives with a lower number than the one before: a mix of QoS levels or retained messages can lose some.
 * Our store is in memory and answers at once, so numbering and handing over are one step and the order always holds.
 */
export class Hub extends Aedes {
  private counter = 0;
  declare private readonly mq: Emitter;

  constructor(
    private readonly store: SessionStore,
    options: AedesOptions,
  ) {
    super({ ...options, persistence: store });
  }

  override publish(message: Message, clientOrDone?: unknown, whenDone?: (error?: Error) => void): void {
    const client = typeof clientOrDone === 'function' ? undefined : (clientOrDone as BrokerClient | null | undefined);
    const done = typeof clientOrDone === 'function' ? (clientOrDone as (error?: Error) => void) : whenDone;
    const packet: BrokerPacket & { messageExpiry?: number } = {
      cmd: 'publish',
      brokerId: this.id,
      brokerCounter: ++this.counter,
      topic: message.topic,
      payload: Buffer.isBuffer(message.payload) ? message.payload : Buffer.from(message.payload ?? ''),
      qos: message.qos ?? 0,
      retain: message.retain ?? false,
      dup: false,
    };
    if (client) packet.clientId = client.id;
    if (message.properties) packet.properties = message.properties;
    const lifetime = Number(message.properties?.messageExpiryInterval ?? 0);
    if (lifetime > 0) packet.messageExpiry = Date.now() + lifetime * 1000;
    if (packet.retain) this.store.retained.store(packet);
    if (packet.qos > 0) this.store.enqueue(packet);
    this.mq.emit(packet, done ?? noop);
  }
}
