import { filterMatches } from '#kernel';
import { Retained } from './durable';
import type { Journal } from './journal';
import type { Message } from './message';
import { tenantOf } from './tenant';

/** Bounds for each organization; beyond them a message is forwarded but not kept. */
const MAX_MESSAGES = 100_000;
const MAX_BYTES = 64 * 1024 * 1024;

interface Shelf {
  messages: Map<string, Retained>;
  bytes: number;
}

/** The last retained message of each topic. */
export class RetainedMessages {
  private readonly shelves = new Map<string, Shelf>();

  constructor(private readonly journal: Journal) {}

  /**
   * Keeps the message, or forgets the topic's one when it is empty (MQTT 5, section 3.3.1.3).
   * Resolves when that is on disk; undefined when there is nothing to wait for.
   */
  store(message: Message): Promise<void> | undefined {
    const shelf = this.shelf(tenantOf(message.topic));
    const old = shelf.messages.get(message.topic);
    const { length } = message.payload;
    const bytes = shelf.bytes - (old?.message.payload.length ?? 0) + length;
    const fits = shelf.messages.size < MAX_MESSAGES + (old ? 1 : 0) && bytes <= MAX_BYTES;
    if (length === 0 || !fits) {
      if (old) this.forget(shelf, old);
      return old && this.journal.save(old);
    }
    shelf.bytes = bytes;
    const kept = old ?? new Retained(message);
    kept.message = message.own();
    shelf.messages.set(message.topic, kept);
    return this.journal.save(kept);
  }

  restore(kept: Retained): void {
    const shelf = this.shelf(tenantOf(kept.message.topic));
    shelf.messages.set(kept.message.topic, kept);
    shelf.bytes += kept.message.payload.length;
  }

  *select(filter: string): Generator<Message> {
    const shelf = this.shelves.get(tenantOf(filter));
    if (!shelf) return;
    if (!/[+#]/.test(filter)) {
      const exact = shelf.messages.get(filter);
      if (exact && !this.hasExpired(shelf, exact)) yield exact.message;
      return;
    }
    for (const [topic, kept] of shelf.messages) {
      if (filterMatches(filter, topic) && !this.hasExpired(shelf, kept)) yield kept.message;
    }
  }

  private hasExpired(shelf: Shelf, kept: Retained): boolean {
    if (!kept.message.hasExpired) return false;
    this.forget(shelf, kept);
    this.journal.note(kept);
    return true;
  }

  private forget(shelf: Shelf, kept: Retained): void {
    shelf.messages.delete(kept.message.topic);
    shelf.bytes -= kept.message.payload.length;
    kept.gone = true;
  }

  private shelf(organizationId: string): Shelf {
    let shelf = this.shelves.get(organizationId);
    if (!shelf) this.shelves.set(organizationId, (shelf = { messages: new Map(), bytes: 0 }));
    return shelf;
  }
}
