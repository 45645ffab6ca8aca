import { filterMatches } from '#kernel';
import type { BrokerPacket } from './aedes-internals';
import { tenantOf } from './tenant';

/** Bounds for each organization; beyond them a message is forwarded but not kept. */
const MAX_MESSAGES = 100_000;
const MAX_BYTES = 64 * 1024 * 1024;

interface Shelf {
  messages: Map<string, BrokerPacket>;
  bytes: number;
}

/** The last retained message of each topic, in memory: they end with the process. */
export class RetainedMessages {
  private readonly shelves = new Map<string, Shelf>();

  /** Keeps the message, or forgets the topic's one when it is empty (MQTT 5, section 3.3.1.3). */
  store(packet: BrokerPacket): void {
    const shelf = this.shelf(tenantOf(packet.topic));
    const old = shelf.messages.get(packet.topic);
    if (old) {
      shelf.messages.delete(packet.topic);
      shelf.bytes -= old.payload.length;
    }
    const { length } = packet.payload;
    if (length === 0 || shelf.messages.size >= MAX_MESSAGES || shelf.bytes + length > MAX_BYTES) return;
    // A copy: the payload is a view into the 64 KiB that the socket was read with.
    shelf.messages.set(packet.topic, { ...packet, payload: Buffer.from(packet.payload) });
    shelf.bytes += length;
  }

  *select(filters: readonly string[]): Generator<BrokerPacket> {
    for (const filter of filters) {
      const messages = this.shelves.get(tenantOf(filter))?.messages;
      if (!messages) continue;
      const exact = messages.get(filter);
      if (exact) yield exact;
      if (!/[+#]/.test(filter)) continue;
      for (const [topic, packet] of messages) if (filterMatches(filter, topic)) yield packet;
    }
  }

  private shelf(organizationId: string): Shelf {
    let shelf = this.shelves.get(organizationId);
    if (!shelf) this.shelves.set(organizationId, (shelf = { messages: new Map(), bytes: 0 }));
    return shelf;
  }
}
