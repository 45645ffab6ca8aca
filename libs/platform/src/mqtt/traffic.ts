import { LRUCache } from 'lru-cache';
import type { MqttMessageHandler } from './ingest';

/** Organizations whose figures are kept; of more, those longest without a message begin anew. */
const MAX_TENANTS = 10_000;

/** Messages since the process started. */
export class Counts {
  messagesIn = 0;
  messagesOut = 0;
  /** Taken and not yet stored. */
  inFlight = 0;
  /** When the last one arrived, epoch milliseconds. */
  lastMessageAt: number | null = null;
}

/** What goes through this process by MQTT: of everybody, and of each organization. */
export class Traffic {
  readonly total = new Counts();
  private readonly tenants = new LRUCache<string, Counts>({ max: MAX_TENANTS });

  /** The handler, counted. */
  counting(handle: MqttMessageHandler): MqttMessageHandler {
    return async (payload, context) => {
      const all = [this.total, this.of(context.organizationId)];
      const now = Date.now();
      for (const counts of all) {
        counts.inFlight++;
        counts.lastMessageAt = now;
      }
      try {
        await handle(payload, context);
        for (const counts of all) counts.messagesIn++;
      } finally {
        for (const counts of all) counts.inFlight--;
      }
    };
  }

  /** A message has gone to a subscriber, or to the outside broker. */
  readonly sent = (organizationId: string): void => {
    this.total.messagesOut++;
    this.of(organizationId).messagesOut++;
  };

  entries(): [organizationId: string, counts: Counts][] {
    return [...this.tenants.entries()];
  }

  private of(organizationId: string): Counts {
    let counts = this.tenants.get(organizationId);
    if (!counts) this.tenants.set(organizationId, (counts = new Counts()));
    return counts;
  }
}
