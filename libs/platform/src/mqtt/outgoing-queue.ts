import type { BrokerPacket } from './aedes-internals';

const MAX_MESSAGES = 1_000;
const MAX_BYTES = 4 * 1024 * 1024;

/** QoS 1 and 2 messages on their way to one session. When it is full the oldest one gives way: the newest value matters. */
export class OutgoingQueue {
  private readonly messages = new Map<number, BrokerPacket>();
  private readonly counters = new Map<number, number>();
  private bytes = 0;

  add(packet: BrokerPacket): void {
    this.messages.set(packet.brokerCounter, packet);
    this.bytes += packet.payload.length;
    while (this.messages.size > MAX_MESSAGES || this.bytes > MAX_BYTES) {
      this.remove(this.messages.keys().next().value!);
    }
  }

  /** Notes under which message id a message was sent, or that a QoS 2 one has come as far as its PUBREL. */
  update(packet: BrokerPacket): void {
    const { messageId } = packet;
    if (messageId === undefined) return;
    const counter = packet.cmd === 'publish' ? packet.brokerCounter : this.counters.get(messageId);
    const kept = counter === undefined ? undefined : this.messages.get(counter);
    if (counter === undefined || !kept) return;
    this.counters.set(messageId, counter);
    // Whatever is sent from the queue after this is a repetition (MQTT 5, section 3.3.1.1).
    if (packet.cmd === 'publish') Object.assign(kept, { messageId, dup: true });
    else this.messages.set(counter, { ...packet, brokerCounter: counter, payload: kept.payload });
  }

  /** Takes out what was acknowledged under that message id. */
  acknowledged(messageId: number | undefined): BrokerPacket | undefined {
    const counter = messageId === undefined ? undefined : this.counters.get(messageId);
    return counter === undefined ? undefined : this.remove(counter);
  }

  inOrder(): BrokerPacket[] {
    return [...this.messages.values()];
  }

  private remove(counter: number): BrokerPacket | undefined {
    const packet = this.messages.get(counter);
    if (!packet) return undefined;
    this.messages.delete(counter);
    this.bytes -= packet.payload.length;
    const { messageId } = packet;
    if (messageId !== undefined && this.counters.get(messageId) === counter) this.counters.delete(messageId);
    return packet;
  }
}
