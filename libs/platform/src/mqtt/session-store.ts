import { Readable } from 'node:stream';
import { filterMatches } from '#kernel';
import type { BrokerClient, BrokerPacket, Qos, Will, WirePacket } from './aedes-internals';
import { KeptMessage, type QueueEntry, type Subscription } from './durable';
import { Journal } from './journal';
import { KeptWills } from './kept-wills';
import type { Message } from './message';
import { ReceivedIds } from './received-ids';
import { RetainedMessages } from './retained-messages';
import { Session } from './session';
import { filterOf } from './shared-group';
import { SubscriptionIndex } from './subscription-index';
import { tenantOf } from './tenant';

/** Lasting sessions of one organization. */
const MAX_SESSIONS = 1_000;
/** Seconds that a session may outlive its connection: a long weekend and more. */
export const MAX_SESSION_EXPIRY = 7 * 86_400;

interface Named {
  id: string;
}

/**
 * The working set of the broker: sessions with their subscriptions and queued messages, retained messages, wills, ids of
 * QoS 2 messages; bounded for each organization, and on disk as far as it has to outlive a connection (`Journal`).
 * The methods at the end are those that aedes asks its persistence for.
 */
export class SessionStore {
  readonly retained: RetainedMessages;
  readonly received: ReceivedIds;
  readonly wills: KeptWills;
  private readonly sessions = new Map<string, Session>();
  /** The lasting ones of each organization, oldest first. */
  private readonly lasting = new Map<string, Set<Session>>();
  private readonly index = new SubscriptionIndex();

  constructor(
    readonly journal: Journal = new Journal(),
    /** What a client with a will has signed in with, sealed. */
    credentialOf: (client: BrokerClient) => Buffer | undefined = () => undefined,
  ) {
    this.retained = new RetainedMessages(journal);
    this.received = new ReceivedIds(journal);
    this.wills = new KeptWills(journal, credentialOf);
  }

  get hasLastingSessions(): boolean {
    return this.lasting.size > 0;
  }

  /** The session for a connection that signs in: the one there is, or a new one. */
  open(clientId: string, expirySeconds: number, holder: object): Session {
    const known = this.sessions.get(clientId);
    const seconds = Math.min(expirySeconds, MAX_SESSION_EXPIRY);
    // One that does not last has ended with its connection, which is just being taken over.
    if (known && !known.isLasting) this.end(known);
    const session = known?.isLasting ? known : this.add(new Session(clientId, seconds));
    session.delivery?.end();
    session.delivery = undefined;
    session.queue.requeue().forEach((entry) => this.settle(entry));
    session.holder = holder;
    session.expiresAt = undefined;
    // One that lasted is on disk, and goes from there when this connection ends.
    session.expirySeconds = known?.isLasting ? Math.max(seconds, 1) : seconds;
    if (session.isLasting) this.enlist(session);
    return session;
  }

  /** Takes from a session what its client has no right to any more. */
  narrow(session: Session, mayRead: (filter: string) => boolean): void {
    for (const subscription of [...session.subscriptions.values()]) {
      if (mayRead(filterOf(subscription.name))) continue;
      this.remove(subscription);
      if (session.isLasting) this.journal.note(subscription);
    }
    const filters = Array.from(session.subscriptions.keys(), filterOf);
    for (const entry of session.queue.all()) {
      const { topic } = entry.message!;
      if (entry.released || mayRead(topic) || filters.some((filter) => filterMatches(filter, topic))) continue;
      session.queue.remove(entry);
      this.settle(entry);
    }
  }

  /** Its connection is gone. @param expirySeconds as the client wished it last. */
  leave(session: Session, expirySeconds: number): void {
    session.delivery?.end();
    session.delivery = undefined;
    session.holder = undefined;
    if (session.gone) return;
    if (!session.isLasting || expirySeconds === 0) {
      this.end(session);
      return;
    }
    session.expirySeconds = Math.min(expirySeconds, MAX_SESSION_EXPIRY);
    session.expiresAt = Date.now() + session.expirySeconds * 1000;
    session.queue.requeue().forEach((entry) => this.settle(entry));
    this.journal.note(session);
  }

  /** The broker stops. */
  leaveAll(): void {
    for (const session of [...this.sessions.values()]) if (session.isHeld) this.leave(session, session.expirySeconds);
  }

  /** Ends sessions whose time is over. */
  expire(now = Date.now()): void {
    for (const sessions of this.lasting.values()) {
      for (const session of sessions)
        if (session.expiresAt !== undefined && session.expiresAt <= now) this.end(session);
    }
  }

  end(session: Session): void {
    for (const subscription of session.subscriptions.values()) this.index.remove(subscription);
    for (const entry of session.queue.all()) {
      session.queue.remove(entry);
      this.settle(entry);
    }
    session.gone = true;
    if (this.sessions.get(session.clientId) === session) this.sessions.delete(session.clientId);
    const tenant = tenantOf(session.clientId);
    const others = this.lasting.get(tenant);
    if (!others?.delete(session)) return;
    if (others.size === 0) this.lasting.delete(tenant);
    this.received.forget(session.clientId);
    this.journal.note(session);
  }

  /** Resolves when it is on disk. @returns whether the session did not have it before. */
  subscribe(subscription: Subscription): { isNew: boolean; kept: Promise<void> } {
    const { session, name } = subscription;
    const old = session.subscriptions.get(name);
    if (old) this.remove(old);
    if (old && session.isLasting) this.journal.note(old);
    session.subscriptions.set(name, subscription);
    this.index.add(subscription);
    return { isNew: !old, kept: session.isLasting ? this.journal.save(subscription) : Promise.resolve() };
  }

  /** Resolves when that is on disk. */
  drop(subscription: Subscription): Promise<void> {
    this.remove(subscription);
    return subscription.session.isLasting ? this.journal.save(subscription) : Promise.resolve();
  }

  /**
   * Hands a message to everybody who subscribes to its topic. @param from the client that published it.
   * Resolves when what has to outlive a connection is on disk; undefined when nothing has to.
   */
  route(message: Message, from?: string): Promise<void> | undefined {
    if (this.index.isEmpty) return undefined;
    let kept: KeptMessage | undefined;
    const saves: Promise<void>[] = [];
    for (const [session, receipt] of this.index.receipts(message, from)) {
      if (receipt.qos === 0) session.delivery?.send(message, receipt);
      else if (session.isLasting) {
        if (!kept) {
          kept = new KeptMessage(message.own());
          // Held here until everybody has it.
          kept.holders = 1;
          saves.push(this.journal.save(kept));
        }
        const entry = session.queue.add(session, message, receipt, kept);
        if (entry) saves.push(this.keep(entry, kept));
      } else {
        session.queue.add(session, message, receipt);
        session.delivery?.pump();
        // What has to wait must not hold what the socket was read with.
        if (session.queue.peek()) message.own();
      }
    }
    if (kept) this.release(kept);
    return saves.length > 0 ? Promise.all(saves).then(nothing) : undefined;
  }

  /** A message needs no more of a session: it was acknowledged, or is given up. */
  settle(entry: QueueEntry): void {
    const { kept } = entry;
    entry.gone = true;
    if (!kept) return;
    this.release(kept);
    // Otherwise it goes with its message.
    if (!kept.gone) this.journal.note(entry);
  }

  private release(kept: KeptMessage): void {
    if (--kept.holders > 0) return;
    kept.gone = true;
    this.journal.note(kept);
  }

  private keep(entry: QueueEntry, kept: KeptMessage): Promise<void> {
    kept.holders++;
    const { session } = entry;
    const saved = this.journal.save(entry);
    if (!session.isHeld) session.queue.trim().forEach((dropped) => this.settle(dropped));
    session.delivery?.pump();
    if (entry.receipt.qos === 2) saved.then(() => session.delivery?.pump(), nothing);
    return saved;
  }

  private remove(subscription: Subscription): void {
    subscription.session.subscriptions.delete(subscription.name);
    this.index.remove(subscription);
    subscription.gone = true;
  }

  private add(session: Session): Session {
    this.sessions.set(session.clientId, session);
    return session;
  }

  private enlist(session: Session): void {
    const tenant = tenantOf(session.clientId);
    const others = this.lasting.get(tenant) ?? new Set<Session>();
    if (!others.has(session) && others.size >= MAX_SESSIONS) {
      const idle = [...others].find(({ isHeld }) => !isHeld);
      if (idle) this.end(idle);
    }
    this.lasting.set(tenant, others.add(session));
    this.journal.note(session);
  }

  // From a table, at the start.

  restoreSession(session: Session): void {
    session.stored = true;
    this.add(session);
    const tenant = tenantOf(session.clientId);
    this.lasting.set(tenant, (this.lasting.get(tenant) ?? new Set()).add(session));
    // The client of one that was held then may come back as after any loss of its connection.
    if (session.expiresAt !== undefined) return;
    session.expiresAt = Date.now() + session.expirySeconds * 1000;
    this.journal.note(session);
  }

  restoreSubscription(subscription: Subscription): void {
    subscription.stored = true;
    subscription.session.subscriptions.set(subscription.name, subscription);
    this.index.add(subscription);
  }

  // What aedes asks for.

  // aedes insists on this one being declared async.
  // eslint-disable-next-line @typescript-eslint/require-await
  async setup(): Promise<void> {
    return undefined;
  }

  /** aedes reports a session as present when there are subscriptions; they themselves are none of its business. */
  subscriptionsByClient({ id }: Named): Promise<{ topic: string; qos: Qos }[]> {
    return Promise.resolve(this.sessions.get(id)?.isLasting ? [{ topic: id, qos: 0 }] : []);
  }

  /** Clean start. */
  cleanSubscriptions({ id }: Named): Promise<void> {
    const session = this.sessions.get(id);
    if (session) this.end(session);
    return Promise.resolve();
  }

  /** A PUBREL goes out only when it is on disk that no PUBLISH must follow it. */
  outgoingUpdate({ id }: Named, { cmd, messageId }: Pick<WirePacket, 'cmd' | 'messageId'>): Promise<void> {
    if (cmd !== 'pubrel') return DONE;
    const entry = this.sessions.get(id)?.queue.release(messageId);
    return entry?.kept ? this.journal.save(entry) : DONE;
  }

  outgoingClearMessageId({ id }: Named, { messageId }: BrokerPacket): Promise<undefined> {
    const session = this.sessions.get(id);
    const entry = messageId === undefined ? undefined : session?.queue.acknowledged(messageId);
    if (entry) this.settle(entry);
    session?.delivery?.pump();
    return Promise.resolve(undefined);
  }

  /** What aedes sends at once to a client that is back; the messages follow by `Delivery`. */
  outgoingStream({ id }: Named): Readable {
    const pubrels = this.sessions.get(id)?.queue.pubrels ?? [];
    return Readable.from(pubrels.map((messageId) => ({ cmd: 'pubrel', messageId })));
  }

  /** Rejects unless the packet releases a message that was received. */
  incomingGetPacket({ id }: Named, packet: BrokerPacket): Promise<BrokerPacket> {
    return this.received.has(id, packet.messageId!)
      ? Promise.resolve(packet)
      : Promise.reject(new Error('no such packet'));
  }

  /** The PUBCOMP waits for it: the client may use the id again after that. */
  incomingDelPacket({ id }: Named, { messageId }: BrokerPacket): Promise<void> {
    return this.received.delete(id, messageId!);
  }

  putWill(client: BrokerClient, will: Will): Promise<void> {
    return this.wills.put(client, will);
  }

  delWill({ id }: Named): Promise<void> {
    this.wills.delete(id);
    return DONE;
  }

  /** Wills that were left behind are sent by `LeftWills`: there is one broker alone. */
  streamWill(): Readable {
    return Readable.from([]);
  }
}

const DONE = Promise.resolve();
const nothing = (): void => undefined;
