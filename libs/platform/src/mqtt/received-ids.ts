import { LRUCache } from 'lru-cache';
import { ReceivedId } from './durable';
import type { Journal } from './journal';
import type { Session } from './session';
import { tenantOf } from './tenant';

/** Bounds for each organization. */
const MAX_CLIENTS = 1_000;
/** Message ids of one client that are received but not released. */
const MAX_UNRELEASED = 1_000;

/** QoS 2 messages that were taken and not yet released, by client and message id. */
export class ReceivedIds {
  private readonly tenants = new Map<string, LRUCache<string, Map<number, ReceivedId>>>();

  constructor(private readonly journal: Journal) {}

  has(clientId: string, messageId: number): boolean {
    return this.idsOf(clientId)?.has(messageId) ?? false;
  }

  /** Resolves when it is on disk, which only a lasting session's is. */
  add(clientId: string, messageId: number, session: Session | undefined): Promise<void> | undefined {
    const received = new ReceivedId(messageId, session?.isLasting ? session : undefined);
    this.restore(clientId, received);
    return received.session && this.journal.save(received);
  }

  /** For a repetition: resolves when the first one is on disk, with all that was to be stored before it. */
  again(clientId: string, messageId: number): Promise<void> | undefined {
    const received = this.idsOf(clientId)?.get(messageId);
    return received?.session && this.journal.save(received);
  }

  restore(clientId: string, received: ReceivedId): void {
    const tenant = tenantOf(clientId);
    let clients = this.tenants.get(tenant);
    if (!clients) this.tenants.set(tenant, (clients = new LRUCache({ max: MAX_CLIENTS })));
    let ids = clients.get(clientId);
    if (!ids) clients.set(clientId, (ids = new Map()));
    ids.set(received.packetId, received);
    const [oldest] = ids.keys();
    if (ids.size > MAX_UNRELEASED) this.delete(clientId, oldest!).catch(() => undefined);
  }

  /** Resolves when that is on disk. */
  delete(clientId: string, messageId: number): Promise<void> {
    const ids = this.idsOf(clientId);
    const received = ids?.get(messageId);
    if (!received) return Promise.resolve();
    ids!.delete(messageId);
    received.gone = true;
    return received.session ? this.journal.save(received) : Promise.resolve();
  }

  /** With its session. */
  forget(clientId: string): void {
    this.tenants.get(tenantOf(clientId))?.delete(clientId);
  }

  private idsOf(clientId: string): Map<number, ReceivedId> | undefined {
    return this.tenants.get(tenantOf(clientId))?.get(clientId);
  }
}
