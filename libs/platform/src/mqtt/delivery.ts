import type { BrokerClient, BrokerPacket } from './aedes-internals';
import type { QueueEntry, Receipt } from './durable';
import type { Message } from './message';
import { publishBytes } from './packet-size';
import type { Session } from './session';
import { prefixOf, tenantOf } from './tenant';

/** Unsent bytes from which on QoS 0 messages are dropped and QoS 1 and 2 wait. */
const MAX_UNSENT_BYTES = 1024 * 1024;
/** Messages in flight to a client that allows more (Receive Maximum); fewer where each is kept until it is acknowledged. */
const MAX_IN_FLIGHT = { passing: 32_768, lasting: 1_000 };

export interface DeliveryEvents {
  sent(): void;
  /** The entry needs no acknowledgement any more. */
  settled(entry: QueueEntry): void;
  /** More waits for the client than is held: it reads or acknowledges too slowly. */
  overfull(): void;
}

/**
 * What goes to one connection: never more in flight than its Receive Maximum, nothing beyond its Maximum Packet Size, and
 * nobody waits for a slow one.
 */
export class Delivery {
  private readonly window: number;
  private readonly prefixLength: number;
  private unsent = 0;
  private retained: Iterator<[Message, Receipt]>[] = [];
  private isEnded = false;

  constructor(
    private readonly client: BrokerClient,
    private readonly session: Session,
    private readonly events: DeliveryEvents,
  ) {
    const most = session.isLasting ? MAX_IN_FLIGHT.lasting : MAX_IN_FLIGHT.passing;
    this.window = Math.min(client.receiveMaximum, most);
    this.prefixLength = prefixOf(tenantOf(session.clientId)).length;
  }

  /** QoS 0. */
  send(message: Message, receipt: Receipt): void {
    if (this.unsent > MAX_UNSENT_BYTES || this.isEnded) return;
    this.write(message, receipt);
  }

  /** Sends what waits in the session's queue, as far as the client takes it; then retained messages of new subscriptions. */
  pump(): void {
    const { queue } = this.session;
    while (this.hasRoom) {
      const entry = queue.peek();
      if (!entry) break;
      this.sendEntry(entry);
    }
    while (this.hasRoom && this.retained.length > 0 && !queue.peek()) this.sendRetained();
    if (queue.isOverfull) this.events.overfull();
  }

  /** Retained messages follow as the client takes them, each as it is then. */
  follow(messages: Iterator<[Message, Receipt]>): void {
    this.retained.push(messages);
    this.pump();
  }

  end(): void {
    this.isEnded = true;
    this.retained = [];
  }

  private get hasRoom(): boolean {
    return !this.isEnded && this.unsent <= MAX_UNSENT_BYTES && this.session.queue.inFlight < this.window;
  }

  private sendEntry(entry: QueueEntry): void {
    const { message, receipt } = entry;
    // Before it is marked: then the queue may let the message go.
    const packet = message && !message.hasExpired ? this.packet(message, receipt, entry) : undefined;
    if (packet && this.fits(packet)) {
      this.session.queue.markSent(entry);
      this.transmit(packet);
    } else {
      // As if it had been sent and acknowledged (MQTT 5, section 3.1.2.11.4).
      this.session.queue.remove(entry);
      this.events.settled(entry);
    }
  }

  private sendRetained(): void {
    const next = this.retained[0]!.next();
    if (next.done) {
      this.retained.shift();
      return;
    }
    const [message, receipt] = next.value;
    if (receipt.qos === 0) {
      this.write(message, receipt);
      return;
    }
    const entry = this.session.queue.add(this.session, message, receipt);
    if (entry) this.sendEntry(entry);
  }

  private write(message: Message, receipt: Receipt): void {
    if (message.hasExpired) return;
    const packet = this.packet(message, receipt);
    if (this.fits(packet)) this.transmit(packet);
  }

  private packet(message: Message, { qos, retain, identifiers }: Receipt, entry?: QueueEntry): BrokerPacket {
    const packet: BrokerPacket = {
      cmd: 'publish',
      brokerId: null,
      brokerCounter: 1,
      topic: message.topic.slice(this.prefixLength),
      payload: message.payload,
      qos,
      retain,
      dup: entry?.dup ?? false,
      messageId: entry?.packetId,
    };
    if (this.client.version === 5) packet.properties = propertiesOf(message, identifiers);
    return packet;
  }

  private fits(packet: BrokerPacket): boolean {
    const most = this.client.maximumPacketSize;
    return most === undefined || publishBytes(packet) <= most;
  }

  /** aedes calls back once the socket has taken it. */
  private transmit(packet: BrokerPacket): void {
    const bytes = packet.payload.length + packet.topic.length;
    this.unsent += bytes;
    this.events.sent();
    const written = (): void => {
      const wasFull = this.unsent > MAX_UNSENT_BYTES;
      this.unsent -= bytes;
      if ((wasFull || this.retained.length > 0) && !this.isEnded) this.pump();
    };
    if (packet.qos === 0) this.client.deliver0(packet, written);
    else this.client.deliverQoS(packet, written);
  }
}

function propertiesOf({ properties, expiresAt }: Message, identifiers: number[] | undefined) {
  if (!properties && !identifiers) return undefined;
  return {
    ...properties,
    ...(expiresAt !== undefined && { messageExpiryInterval: Math.max(1, Math.ceil((expiresAt - Date.now()) / 1000)) }),
    ...(identifiers && { subscriptionIdentifier: identifiers.length === 1 ? identifiers[0] : identifiers }),
  };
}
