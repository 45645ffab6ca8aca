import type { Duplex } from 'node:stream';
import { Logger } from '@nestjs/common';
import type { AuthenticateError, Client } from 'aedes';
import type { BrokerClient, BrokerPacket, Will, WirePacket } from './aedes-internals';
import type { BrokerState } from './broker-state';
import { Connection } from './connection';
import { announceSharedSubscriptions } from './connack';
import { CredentialWatch } from './credential-watch';
import { Delivery } from './delivery';
import { sayGoodbye, type Goodbye } from './goodbye';
import { Hub } from './hub';
import { Ingest, type MqttMessageHandler } from './ingest';
import { Journal } from './journal';
import { LeftWills, WILL_GRACE_MS } from './left-wills';
import { Listeners, MAX_CONNECTIONS, type MqttAddress } from './listeners';
import type { BrokerStatus, MqttGate, MqttOutlet } from './ports';
import { readAhead, ReadBudget } from './read-ahead';
import { REASON } from './reason-codes';
import { MAX_SESSION_EXPIRY, SessionStore } from './session-store';
import { filterOf } from './shared-group';
import { SignIn } from './sign-in';
import { Subscribing } from './subscribing';
import { prefixOf, tenantOf, unmounted } from './tenant';
import { MAX_PACKET_BYTES, mountAtParser } from './tenant-wire';

const CONNECT_TIMEOUT_MS = 10_000;
/** Wills that wait for their delay. */
const MAX_PENDING_WILLS = 10_000;
const MAX_TOPIC_ALIASES = 100;
const EXPIRE_MS = 30_000;
const DRAIN_MS = 10_000;
/** The last changes of sessions reach the disk in this time, or their senders send them again. */
const LAST_CHANGES_MS = 5_000;
/** A client that does not close after its DISCONNECT is not waited for longer. */
const GOODBYE_MS = 500;

const noop = (): void => undefined;

/** A stream that bytes of MQTT come by: a socket, or a WebSocket that looks like one. */
export type MqttStream = Duplex & { remoteAddress?: string | undefined };

export interface EmbeddedBrokerOptions {
  /** Where sessions, retained messages and wills outlive the process; without it they end with `stop`. */
  state?: Pick<BrokerState, 'storage' | 'load' | 'seal' | 'open'> | undefined;
  /** How long after a start wills of clients that were connected before wait for them to come back. */
  willGraceMs?: number;
}

/** What there is from start to stop. */
interface Run {
  hub: Hub;
  store: SessionStore;
  ingest: Ingest;
  subscribing: Subscribing;
  listeners: Listeners;
  wills: LeftWills;
  expiry: NodeJS.Timeout;
}

/** The MQTT broker inside the process: aedes behind TCP, with organizations, rights, limits, sessions and our ingest. */
export class EmbeddedBroker implements MqttOutlet {
  private readonly log = new Logger(EmbeddedBroker.name);
  private readonly connections = new WeakMap<BrokerClient, Connection>();
  private readonly streams = new Set<MqttStream>();
  private readonly watch = new CredentialWatch(
    (client) => this.filtersOf(client),
    (client, reason) => this.disconnect(client, REASON.notAuthorized, reason),
  );
  private readonly signIn: SignIn;
  private readonly readBudget = new ReadBudget();
  private run: Run | undefined;
  private startedAt = 0;
  private messagesIn = 0;
  private messagesOut = 0;
  /** Told of each message that is on its way to a subscriber. */
  delivered: (organizationId: string) => void = noop;

  constructor(
    /** Port 0 takes a free one. */
    private readonly address: MqttAddress,
    private readonly gate: MqttGate,
    private readonly options: EmbeddedBrokerOptions = {},
  ) {
    this.signIn = new SignIn(gate, this.watch);
  }

  /** The port it listens on. */
  get port(): number {
    return this.run?.listeners.port ?? this.address.port;
  }

  get tlsPort(): number | undefined {
    return this.run?.listeners.tlsPort ?? this.address.tls?.port;
  }

  /** May be called again after `stop`. @throws when a port cannot be had, or the kept state cannot be read. */
  async start(handle: MqttMessageHandler): Promise<void> {
    const { state, willGraceMs = WILL_GRACE_MS } = this.options;
    const journal = new Journal(state?.storage);
    const store = new SessionStore(journal, (client) => this.sealedCredential(client));
    await state?.load(store);
    const disconnect = this.disconnect.bind(this);
    const ingest: Ingest = new Ingest(handle, store, () => hub, disconnect, this.readBudget);
    const hub = this.newHub(store, ingest);
    await hub.listen();
    const subscribing = new Subscribing(store, (connection, filter) => this.mayRead(connection, filter));
    const listeners = new Listeners(this.address, (socket) => this.accept(socket));
    const open = (sealed: Buffer): string => state!.open(sealed);
    const wills = new LeftWills(willGraceMs, { gate: this.gate, ingest, hub, store, open });
    const expiry = setInterval(() => store.expire(), EXPIRE_MS).unref();
    this.run = { hub, store, ingest, subscribing, listeners, wills, expiry };
    try {
      await listeners.open();
    } catch (error) {
      this.run = undefined;
      clearInterval(expiry);
      await new Promise<void>((resolve) => hub.close(resolve));
      await journal.close(LAST_CHANGES_MS);
      throw error;
    }
    wills.watch(store.wills.all());
    this.startedAt = Date.now();
    this.watch.start();
  }

  /** Whether connections are taken. */
  get isRunning(): boolean {
    return this.run !== undefined;
  }

  /**
   * Stops accepting, lets running handlers end and be acknowledged (up to a deadline), then disconnects everybody.
   * @param movedTo host and port of the broker that takes its place: MQTT 5 clients are told.
   */
  async stop(movedTo?: string): Promise<void> {
    const { run } = this;
    if (!run) return;
    const { hub, store, ingest, listeners, wills, expiry } = run;
    this.run = undefined;
    const closed = listeners.close();
    wills.stop();
    clearInterval(expiry);
    for (const client of Object.values(clientsOf(hub))) client.pause();
    if (!(await ingest.drain(DRAIN_MS)))
      this.log.warn('closing with messages that are not stored: they stay unacknowledged');
    this.messagesIn += ingest.messagesIn;
    this.watch.stop();
    store.wills.leave();
    const deadline = setTimeout(() => this.streams.forEach((stream) => stream.destroy()), GOODBYE_MS);
    const goodbye: Goodbye =
      movedTo === undefined
        ? { reasonCode: REASON.serverShuttingDown }
        : { reasonCode: REASON.serverMoved, properties: { serverReference: movedTo } };
    await Promise.all(Object.values(clientsOf(hub)).map((client) => sayGoodbye(client, goodbye)));
    await new Promise<void>((resolve) => hub.close(resolve));
    // Whoever has not signed in yet is none of the hub's clients.
    this.streams.forEach((stream) => stream.destroy());
    store.leaveAll();
    await closed;
    clearTimeout(deadline);
    await store.journal.close(LAST_CHANGES_MS);
  }

  /** Serves one connection; it is closed when the broker does not run. */
  accept(stream: MqttStream): void {
    const { run } = this;
    if (!run || this.streams.size >= MAX_CONNECTIONS) {
      stream.destroy();
      return;
    }
    this.streams.add(stream);
    stream.once('close', () => this.streams.delete(stream));
    const client = run.hub.handle(stream) as unknown as BrokerClient;
    const connection = new Connection();
    this.connections.set(client, connection);
    client.once('connected', () => this.deliver(run, client, connection));
    readAhead(client, this.readBudget);
    const fail = (code: number, problem: string): void => this.disconnect(client, code, problem);
    mountAtParser(client, connection, fail, (packet) => this.take(run, client, connection, packet));
    stream.once('close', () => this.left(run.store, client));
  }

  /** Signed-in clients of each organization that has any. */
  clientsByTenant(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    const ids = this.run ? Object.keys(clientsOf(this.run.hub)) : [];
    for (const id of ids) counts.set(tenantOf(id), (counts.get(tenantOf(id)) ?? 0) + 1);
    return counts;
  }

  hasAudience(): boolean {
    return this.run !== undefined && (this.run.hub.connectedClients > 0 || this.run.store.hasLastingSessions);
  }

  /** To the organization's subscribers; not through ingest. Without a running broker there is nobody to publish to. */
  publish(organizationId: string, topic: string, payload: Buffer): Promise<void> {
    // What was published is stored already: nobody waits until it is also on disk for sessions that are away.
    this.run?.hub.forward({ topic: prefixOf(organizationId) + topic, payload, qos: 1 })?.catch(noop);
    return Promise.resolve();
  }

  status(): BrokerStatus {
    const { run } = this;
    return {
      mode: 'embedded',
      address: `${this.address.host}:${this.port}`,
      state: run ? 'connected' : 'stopped',
      clients: run?.hub.connectedClients ?? 0,
      messagesIn: this.messagesIn + (run?.ingest.messagesIn ?? 0),
      messagesOut: this.messagesOut,
      uptimeSeconds: run ? Math.floor((Date.now() - this.startedAt) / 1000) : 0,
    };
  }

  private newHub(store: SessionStore, ingest: Ingest): Hub {
    const hub: Hub = new Hub(store, (client) => this.openSession(store, hub, client), {
      concurrency: 0,
      connectTimeout: CONNECT_TIMEOUT_MS,
      maximumPacketSize: MAX_PACKET_BYTES,
      maxClientsIdLength: Number.MAX_SAFE_INTEGER,
      topicAliasMaximum: MAX_TOPIC_ALIASES,
      sessionExpiryIntervalLimit: MAX_SESSION_EXPIRY,
      pendingSessionsLimit: MAX_PENDING_WILLS,
      authenticate: (client, _userName, password, done) => void this.authenticate(client, password, done),
      authorizePublish: (client, packet, done) => this.authorizePublish(ingest, client, packet, done),
      // Subscriptions are ours (`Subscribing`); what aedes asks about is a session that is present.
      authorizeSubscribe: (_client, _subscription, done) => done(null, null),
      // What comes here was addressed by `Delivery`.
      authorizeForward: (_client, packet) => packet,
    });
    hub.on('clientError', (client, error) => this.log.debug(`${client.id}: ${error.message}`));
    hub.on('connectionError', (_client, error) => this.log.debug(`before sign-in: ${error.message}`));
    hub.on('clientDisconnect', (client) => this.left(store, client as unknown as BrokerClient));
    return hub;
  }

  private async authenticate(
    aedesClient: Client,
    password: Buffer | undefined,
    done: (error: AuthenticateError | null, success: boolean | null) => void,
  ): Promise<void> {
    const client = aedesClient as unknown as BrokerClient;
    const refusal = await this.signIn.check(client, this.connections.get(client)!, password);
    if (refusal) done(refusal, null);
    else if (!client.closed) done(null, true);
  }

  /** Ahead of the CONNACK: whoever was connected by that id has the session no more. */
  private openSession(store: SessionStore, hub: Hub, client: BrokerClient): void {
    const former = clientsOf(hub)[client.id];
    // One that does not read would hold up its successor for a minute.
    if (former?.conn.writableNeedDrain) former.close();
    const connection = this.connections.get(client)!;
    connection.session = store.open(client.id, client.sessionExpiryInterval, client);
    store.narrow(connection.session, (filter) => this.mayRead(connection, filter));
    if (client.version === 5) announceSharedSubscriptions(client.conn);
  }

  private deliver({ store }: Run, client: BrokerClient, { session, prefix }: Connection): void {
    if (session?.holder !== client || client.closed) return;
    session.delivery = new Delivery(client, session, {
      sent: () => {
        this.messagesOut++;
        this.delivered(tenantOf(prefix));
      },
      settled: (entry) => store.settle(entry),
      overfull: () => this.disconnect(client, REASON.quotaExceeded, 'reads too slowly'),
    });
    session.delivery.pump();
  }

  /** Packets that are not aedes's affair. @returns whether it was one. */
  private take({ store, subscribing }: Run, client: BrokerClient, connection: Connection, packet: WirePacket): boolean {
    const fail = (code: number, problem: string): void => this.disconnect(client, code, problem);
    if (connection.session?.holder !== client) return false;
    switch (packet.cmd) {
      case 'subscribe':
        subscribing.subscribe(client, connection, packet, fail);
        break;
      case 'unsubscribe':
        subscribing.unsubscribe(client, connection, packet, fail);
        break;
      case 'pubrec':
        // It refuses the message, which ends there; aedes forgets that where nothing lasts.
        if ((packet.reasonCode ?? 0) < REASON.unspecified) {
          if (client.clean) connection.session.queue.release(packet.messageId);
          return false;
        }
        void store.outgoingClearMessageId(client, packet as unknown as BrokerPacket);
        break;
      default:
        return false;
    }
    client._keepaliveTimer?.refresh();
    return true;
  }

  private left(store: SessionStore, client: BrokerClient): void {
    const connection = this.connections.get(client)!;
    if (connection.credentialKey !== undefined) this.watch.leave(connection.credentialKey, client);
    const { session } = connection;
    connection.session = undefined;
    if (session?.holder === client) store.leave(session, client.sessionExpiryInterval);
  }

  private authorizePublish(
    ingest: Ingest,
    aedesClient: Client | null,
    packet: object,
    done: (error?: Error | null) => void,
  ): void {
    const client = aedesClient as unknown as BrokerClient | null;
    const connection = client ? this.connections.get(client) : undefined;
    if (!client || !connection?.credential) {
      done(new Error('not signed in'));
      return;
    }
    // aedes asks here for wills as well; they are no packets of their own on the wire.
    if ('cmd' in packet) ingest.receive(client, connection, packet as BrokerPacket, done);
    else if (!this.run) done(new Error('the broker stops: its next start sends what is left'));
    else ingest.receiveWill(connection, packet as Will).then(() => done(), done);
  }

  private sealedCredential(client: BrokerClient): Buffer | undefined {
    const connection = this.connections.get(client)!;
    const { willToken } = connection;
    connection.willToken = undefined;
    return willToken === undefined ? undefined : this.options.state?.seal(willToken);
  }

  private filtersOf(client: BrokerClient): string[] {
    const names = this.connections.get(client)?.session?.subscriptions.keys() ?? [];
    return Array.from(names, (name) => unmounted(filterOf(name)));
  }

  /** @param filter with the organization's prefix. */
  private mayRead({ credential, prefix }: Connection, filter: string): boolean {
    if (!credential || !filter.startsWith(prefix)) return false;
    const own = unmounted(filter);
    // Nothing of an organization is published under `$…`.
    return !own.startsWith('$') && credential.principal.maySubscribe(own);
  }

  /** MQTT 5 clients are told why. */
  private disconnect(client: BrokerClient, code: number, problem: string): void {
    const connection = this.connections.get(client)!;
    if (client.closed || connection.failed) return;
    connection.failed = true;
    this.log.debug(`${client.id ?? 'before sign-in'}: ${problem}`);
    if (!client.connected) client.emit('error', new Error(problem));
    else if (client.conn.writableNeedDrain) client.close();
    else client.disconnect({ reasonCode: code }, noop);
  }
}

const clientsOf = (hub: Hub): Record<string, BrokerClient> =>
  (hub as unknown as { clients: Record<string, BrokerClient> }).clients;
