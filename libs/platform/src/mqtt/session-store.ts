import { Readable } from 'node:stream';
import { LRUCache } from 'lru-cache';
import type { BrokerPacket, Qos } from './aedes-internals';
import { FilterTrie } from './filter-trie';
import { OutgoingQueue } from './outgoing-queue';
import { RetainedMessages } from './retained-messages';
import { tenantOf } from './tenant';

/** Bounds for each organization. */
const MAX_SESSIONS = 1_000;
const MAX_CLIENTS_WITH_QOS2 = 1_000;
/** Message ids of one client that are received but not released. */
const MAX_UNRELEASED = 1_000;

interface Subscribed {
  topic: string;
  qos: Qos;
  nl?: boolean;
}

interface Session {
  subscriptions: Map<string, Subscribed>;
  outgoing: OutgoingQueue;
}

interface Named {
  id: string;
}

/**
 * What outlives a connection, in memory and bounded for each organization: sessions with their subscriptions and queued
 * messages, retained messages, wills, received QoS 2 message ids. The method names are those aedes asks its persistence for.
 */
export class SessionStore {
  readonly retained = new RetainedMessages();
  private readonly tenants = new Map<string, Map<string, Session>>();
  private readonly received = new Map<string, LRUCache<string, Set<number>>>();
  private readonly trie = new FilterTrie<Subscribed>();
  private readonly wills = new Map<string, object>();

  constructor(
    private readonly isConnected: (clientId: string) => boolean,
    /** A SUBSCRIBE arrives here with all its filters, also those that were refused. */
    private readonly mayKeep: (clientId: string, filter: string) => boolean,
  ) {}

  // aedes insists on this one being declared async.
  // eslint-disable-next-line @typescript-eslint/require-await
  async setup(): Promise<void> {
    return undefined;
  }

  get hasSessions(): boolean {
    return !this.trie.isEmpty;
  }

  /** Queues a QoS 1 or 2 message for every lasting session that subscribes to its topic. */
  enqueue(packet: BrokerPacket): void {
    if (this.trie.isEmpty) return;
    const targets = new Map<string, Qos>();
    this.trie.match(packet.topic, (clientId, { qos, nl }) => {
      if (qos === 0 || (nl && clientId === packet.clientId)) return;
      if (qos > (targets.get(clientId) ?? 0)) targets.set(clientId, qos);
    });
    if (targets.size === 0) return;
    const payload = Buffer.from(packet.payload);
    for (const [clientId, qos] of targets) {
      const lower = Math.min(packet.qos, qos) as Qos;
      this.session(clientId)?.outgoing.add({ ...packet, payload, qos: lower, messageId: undefined });
    }
  }

  /** Whether a QoS 2 message of that client and id was taken and not yet released. */
  hasReceived(clientId: string, messageId: number): boolean {
    return this.receivedOf(clientId)?.has(messageId) ?? false;
  }

  addReceived(clientId: string, messageId: number): void {
    const tenant = tenantOf(clientId);
    let clients = this.received.get(tenant);
    if (!clients) this.received.set(tenant, (clients = new LRUCache({ max: MAX_CLIENTS_WITH_QOS2 })));
    let ids = clients.get(clientId);
    if (!ids) clients.set(clientId, (ids = new Set()));
    ids.add(messageId);
    if (ids.size > MAX_UNRELEASED) ids.delete(ids.values().next().value!);
  }

  addSubscriptions({ id }: Named, subscriptions: Subscribed[]): Promise<void> {
    const { subscriptions: kept } = this.session(id) ?? this.newSession(id);
    for (const { ...subscription } of subscriptions) {
      if (!this.mayKeep(id, subscription.topic)) continue;
      kept.set(subscription.topic, subscription);
      this.trie.set(subscription.topic, id, subscription);
    }
    return Promise.resolve();
  }

  removeSubscriptions({ id }: Named, filters: string[]): Promise<void> {
    const kept = this.session(id)?.subscriptions;
    for (const filter of filters) {
      if (kept?.delete(filter)) this.trie.delete(filter, id);
    }
    return Promise.resolve();
  }

  subscriptionsByClient({ id }: Named): Promise<Subscribed[]> {
    const kept = this.session(id)?.subscriptions.values() ?? [];
    return Promise.resolve(Array.from(kept, (subscription) => ({ ...subscription })));
  }

  cleanSubscriptions({ id }: Named): Promise<void> {
    this.endSession(id);
    return Promise.resolve();
  }

  outgoingUpdate({ id }: Named, packet: BrokerPacket): Promise<void> {
    this.session(id)?.outgoing.update(packet);
    return Promise.resolve();
  }

  outgoingClearMessageId({ id }: Named, { messageId }: BrokerPacket): Promise<BrokerPacket | undefined> {
    return Promise.resolve(this.session(id)?.outgoing.acknowledged(messageId));
  }

  outgoingStream({ id }: Named): Readable {
    return Readable.from(this.session(id)?.outgoing.inOrder() ?? []);
  }

  incomingStorePacket({ id }: Named, { messageId }: BrokerPacket): Promise<void> {
    this.addReceived(id, messageId!);
    return Promise.resolve();
  }

  /** Rejects unless the packet is the repetition, or the release, of one that was received. */
  incomingGetPacket({ id }: Named, packet: BrokerPacket): Promise<BrokerPacket> {
    // Without the DUP flag the client has begun anew with its ids: the message is another one.
    const repeated = packet.cmd !== 'publish' || packet.dup;
    return repeated && this.hasReceived(id, packet.messageId!)
      ? Promise.resolve(packet)
      : Promise.reject(new Error('no such packet'));
  }

  incomingDelPacket({ id }: Named, { messageId }: BrokerPacket): Promise<void> {
    this.receivedOf(id)?.delete(messageId!);
    return Promise.resolve();
  }

  putWill({ id }: Named, will: object): Promise<void> {
    this.wills.set(id, Object.assign(will, { clientId: id }));
    return Promise.resolve();
  }

  delWill({ id }: Named): Promise<void> {
    this.wills.delete(id);
    return Promise.resolve();
  }

  /** Wills of brokers that died: there is one broker alone, and what it held died with it. */
  streamWill(): Readable {
    return Readable.from([]);
  }

  storeRetained(packet: BrokerPacket): Promise<void> {
    this.retained.store(packet);
    return Promise.resolve();
  }

  createRetainedStreamCombi(filters: string[]): Readable {
    return Readable.from(this.retained.select(filters));
  }

  private receivedOf(clientId: string): Set<number> | undefined {
    return this.received.get(tenantOf(clientId))?.get(clientId);
  }

  private session(clientId: string): Session | undefined {
    return this.tenants.get(tenantOf(clientId))?.get(clientId);
  }

  private newSession(clientId: string): Session {
    const tenant = tenantOf(clientId);
    let sessions = this.tenants.get(tenant);
    if (!sessions) this.tenants.set(tenant, (sessions = new Map<string, Session>()));
    if (sessions.size >= MAX_SESSIONS) {
      const idle = [...sessions.keys()].find((id) => !this.isConnected(id));
      if (idle !== undefined) this.endSession(idle);
    }
    const session: Session = { subscriptions: new Map(), outgoing: new OutgoingQueue() };
    sessions.set(clientId, session);
    return session;
  }

  private endSession(clientId: string): void {
    const session = this.session(clientId);
    session?.subscriptions.forEach((_, filter) => this.trie.delete(filter, clientId));
    this.tenants.get(tenantOf(clientId))?.delete(clientId);
  }
}
