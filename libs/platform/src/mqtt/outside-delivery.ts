import type { IPublishPacket, MqttClient } from 'mqtt';
import type { OutsideIntake } from './outside-intake';
import { encodeAck, type Refusal } from './reason-codes';

/** Messages that are taken and not yet acknowledged: MQTT 5 Receive Maximum (section 3.1.2.11.3). */
export const RECEIVE_MAXIMUM = 2_000;

type Callback = (error?: Error) => void;

const noop = (): void => undefined;

/** The messages of one session: an acknowledgement goes out when its message is stored rather than when it has arrived. */
export class OutsideDelivery {
  private stopped = false;
  private idle = noop;
  /** Calls back to mqtt.js that are held so that it does not read on: QoS 0 knows no Receive Maximum. */
  private readonly held: Callback[] = [];
  /** Messages by id whose handler runs or whose PUBACK could not be sent: the broker sends them again on reconnect. */
  private readonly unacknowledged = new Map<number, Promise<Refusal | undefined>>();
  inFlight = 0;
  /** How many have come, so that one can see whether more do. */
  arrivals = 0;

  constructor(private readonly intake: OutsideIntake) {}

  attach(client: MqttClient): void {
    client.handleMessage = (packet, callback) => this.arrived(client, packet, callback);
  }

  /** With a new session the broker numbers its messages anew. */
  startOver(): void {
    this.unacknowledged.clear();
  }

  /** Takes no more messages; resolves when running handlers have ended and are acknowledged, or after the deadline. */
  async stop(deadlineMs: number): Promise<void> {
    this.stopped = true;
    if (this.inFlight === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, deadlineMs);
    this.idle = resolve;
    await promise.finally(() => clearTimeout(timer));
  }

  /** Stands in for mqtt.js's hook: with an error given back it sends no PUBACK and reads on. */
  private arrived(client: MqttClient, packet: IPublishPacket, callback: Callback): void {
    // Without an answer mqtt.js stops reading.
    if (this.stopped) return;
    this.inFlight++;
    this.arrivals++;
    if (packet.qos === 0) {
      void this.intake.take(packet).then(() => this.ended());
      if (this.inFlight < RECEIVE_MAXIMUM) callback();
      else this.held.push(callback);
      return;
    }
    callback(new Error('deferred'));
    const messageId = packet.messageId!;
    const { stream } = client;
    const earlier = packet.dup ? this.unacknowledged.get(messageId) : undefined;
    const result = earlier ?? this.intake.take(packet);
    this.unacknowledged.set(messageId, result);
    void result.then((refusal) => {
      // A message id means something on its own connection alone.
      if (client.stream === stream && client.connected) {
        stream.write(encodeAck('puback', messageId, refusal?.code, refusal?.text));
        this.unacknowledged.delete(messageId);
      }
      this.ended();
    });
  }

  private ended(): void {
    this.inFlight--;
    this.held.shift()?.();
    if (this.inFlight === 0) this.idle();
  }
}
