import { QueueEntry, type KeptMessage, type Receipt } from './durable';
import type { Message } from './message';
import type { Session } from './session';

/** Of a session that nobody is connected to; the oldest messages give way: the newest value matters. */
const MAX_MESSAGES_AWAY = 1_000;
const MAX_BYTES_AWAY = 4 * 1024 * 1024;
/** Of one whose client is connected. */
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_PACKET_ID = 65_535;

/**
 * QoS 1 and 2 messages on their way to one session: those that wait, those that are sent and not acknowledged, and those
 * of QoS 2 whose id is not free yet. An id is given when a message comes in, so that it is on disk with it, and a
 * receiver recognises a repetition even after the broker was killed.
 */
export class OutgoingQueue {
  private waiting = new Map<number, QueueEntry>();
  private readonly sent = new Map<number, QueueEntry>();
  private readonly released = new Map<number, QueueEntry>();
  private lastId = 0;
  private cost = 0;

  /** Messages that count against the receiver's Receive Maximum. */
  get inFlight(): number {
    return this.sent.size + this.released.size;
  }

  get isOverfull(): boolean {
    return this.cost > MAX_BYTES;
  }

  /** undefined when all 65,535 ids are in use. */
  add(session: Session, message: Message, receipt: Receipt, kept?: KeptMessage): QueueEntry | undefined {
    const packetId = this.freeId();
    if (packetId === undefined) return undefined;
    const entry = new QueueEntry(session, packetId, message, receipt, kept);
    this.waiting.set(packetId, entry);
    this.cost += message.cost;
    return entry;
  }

  /** Takes over what a table holds: in order, as sent before. */
  restore(entry: QueueEntry): void {
    entry.dup = !entry.released;
    (entry.released ? this.released : this.waiting).set(entry.packetId, entry);
    this.cost += entry.message!.cost;
    this.lastId = entry.packetId;
  }

  /** The first that waits. A QoS 2 message that has to last is not sent before its id is on disk. */
  peek(): QueueEntry | undefined {
    const [entry] = this.waiting.values();
    return entry?.kept && entry.receipt.qos === 2 && !entry.stored ? undefined : entry;
  }

  markSent(entry: QueueEntry): void {
    this.waiting.delete(entry.packetId);
    this.sent.set(entry.packetId, entry);
    if (!entry.kept) this.letGo(entry);
  }

  /** Notes a PUBREC. */
  release(packetId: number): QueueEntry | undefined {
    const entry = this.sent.get(packetId);
    if (!entry) return undefined;
    this.sent.delete(packetId);
    this.released.set(packetId, entry);
    entry.released = true;
    return entry;
  }

  /** Takes out what was acknowledged: a PUBACK or PUBCOMP, or a PUBREC that refuses. */
  acknowledged(packetId: number): QueueEntry | undefined {
    const entry = this.sent.get(packetId) ?? this.released.get(packetId);
    if (entry) this.remove(entry);
    return entry;
  }

  remove(entry: QueueEntry): void {
    for (const part of [this.waiting, this.sent, this.released]) {
      if (part.get(entry.packetId) === entry) part.delete(entry.packetId);
    }
    this.letGo(entry);
  }

  get pubrels(): number[] {
    return [...this.released.keys()];
  }

  /** The connection is gone: what was sent is sent again. Gives what does not outlive it, or is too much to keep. */
  requeue(): QueueEntry[] {
    const unfinished = [...this.sent.values(), ...this.waiting.values()];
    for (const entry of this.sent.values()) entry.dup = true;
    this.sent.clear();
    this.waiting = new Map(unfinished.map((entry) => [entry.packetId, entry]));
    const dropped = [...unfinished, ...this.released.values()].filter(({ kept }) => !kept);
    for (const entry of dropped) this.remove(entry);
    return [...dropped, ...this.trim()];
  }

  /** Takes out the oldest beyond the bounds for a session that is away. */
  trim(): QueueEntry[] {
    const dropped: QueueEntry[] = [];
    while (this.waiting.size > MAX_MESSAGES_AWAY || (this.cost > MAX_BYTES_AWAY && this.waiting.size > 0)) {
      const [oldest] = this.waiting.values();
      this.remove(oldest!);
      dropped.push(oldest!);
    }
    return dropped;
  }

  all(): QueueEntry[] {
    return [...this.released.values(), ...this.sent.values(), ...this.waiting.values()];
  }

  private freeId(): number | undefined {
    if (this.waiting.size + this.inFlight >= MAX_PACKET_ID) return undefined;
    for (;;) {
      this.lastId = (this.lastId % MAX_PACKET_ID) + 1;
      const id = this.lastId;
      if (!this.waiting.has(id) && !this.sent.has(id) && !this.released.has(id)) return id;
    }
  }

  private letGo(entry: QueueEntry): void {
    if (!entry.message) return;
    this.cost -= entry.message.cost;
    entry.message = undefined;
  }
}
