import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Logger } from '@nestjs/common';
import { filterMatches, topicProblem } from '#kernel';
import type { AuthenticateError, Client } from 'aedes';
import type { BrokerClient, BrokerPacket, Qos, Will } from './aedes-internals';
import { Connection } from './connection';
import { CredentialWatch } from './credential-watch';
import { Hub } from './hub';
import { Ingest, type MqttMessageHandler } from './ingest';
import type { BrokerStatus, MqttGate, MqttOutlet, MqttPrincipal } from './ports';
import { readAhead, ReadBudget } from './read-ahead';
import { REASON } from './reason-codes';
import { SessionStore } from './session-store';
import { prefixOf, tenantOf, unmounted } from './tenant';
import { MAX_PACKET_BYTES, mountAtParser } from './tenant-wire';

const MAX_CONNECTIONS = 10_000;
const CONNECT_TIMEOUT_MS = 10_000;
const MAX_CLIENT_ID = 1_024;
const MAX_SUBSCRIPTIONS = 1_000;
/** Seconds that a session may outlive its connection. */
const MAX_SESSION_EXPIRY = 86_400;
const MAX_PENDING_SESSIONS = 10_000;
/** Unsent bytes of a slow subscriber from which on QoS 0 messages to it are dropped … */
const DROP_BACKLOG_BYTES = 1024 * 1024;
/** … and from which on it is disconnected: QoS 1 and 2 messages must not be dropped silently. */
const CLOSE_BACKLOG_BYTES = 4 * 1024 * 1024;
const DRAIN_MS = 10_000;
/** A client that does not read its DISCONNECT is not waited for. */
const GOODBYE_MS = 500;

/** CONNACK codes of MQTT 3.1.1; aedes translates them for MQTT 5. */
const REFUSED = { clientId: 2, unavailable: 3, notAuthorized: 5 };

const noop = (): void => undefined;

const refused = (returnCode: number, message: string): AuthenticateError =>
  Object.assign(new Error(message), { returnCode });

/** The MQTT broker inside the process: aedes behind TCP, with organizations, rights, limits and our ingest. */
export class EmbeddedBroker implements MqttOutlet {
  private readonly log = new Logger(EmbeddedBroker.name);
  private readonly connections = new WeakMap<BrokerClient, Connection>();
  private readonly sockets = new Set<Socket>();
  private readonly watch = new CredentialWatch((client, reason) =>
    this.disconnect(client, REASON.notAuthorized, reason),
  );
  private server: Server | undefined;
  private hub: Hub | undefined;
  private store: SessionStore | undefined;
  private ingest: Ingest | undefined;
  private readonly readBudget = new ReadBudget();
  private startedAt = 0;
  private messagesOut = 0;
  /** Told of each message that is on its way to a subscriber. */
  delivered: (organizationId: string) => void = noop;

  constructor(
    /** Port 0 takes a free one. */
    private readonly address: { host: string; port: number },
    private readonly gate: MqttGate,
  ) {}

  /** The port it listens on. */
  get port(): number {
    return (this.server?.address() as AddressInfo | null)?.port ?? this.address.port;
  }

  /** @throws when the port cannot be had. */
  async start(handle: MqttMessageHandler): Promise<void> {
    const store = new SessionStore(
      (clientId) => clientId in this.clients,
      (clientId, filter) => this.mayRead(this.clients[clientId], filter),
    );
    const hub = new Hub(store, {
      // A slow subscriber must not hold up the others, so nothing waits for deliveries; see CLOSE_BACKLOG_BYTES.
      concurrency: 0,
      // Packets that came in one read with the CONNECT: at most 64 KiB, so this is no limit of its own.
      queueLimit: 65_536,
      connectTimeout: CONNECT_TIMEOUT_MS,
      maximumPacketSize: MAX_PACKET_BYTES,
      maxClientsIdLength: Number.MAX_SAFE_INTEGER,
      sessionExpiryIntervalLimit: MAX_SESSION_EXPIRY,
      pendingSessionsLimit: MAX_PENDING_SESSIONS,
      authenticate: (client, _userName, password, done) => void this.signIn(client, password, done),
      authorizePublish: (client, packet, done) => this.authorizePublish(client, packet, done),
      authorizeSubscribe: (client, subscription, done) => {
        done(null, this.maySubscribe(client, subscription.topic) ? subscription : null);
      },
      authorizeForward: (client, packet) => this.forward(client, packet) as typeof packet | null,
    });
    hub.on('clientError', (client, error) => this.log.debug(`${client.id}: ${error.message}`));
    hub.on('connectionError', (_client, error) => this.log.debug(`before sign-in: ${error.message}`));
    hub.on('clientDisconnect', (client) => this.left(client));
    await hub.listen();
    this.store = store;
    this.hub = hub;
    this.ingest = new Ingest(
      handle,
      store,
      () => hub,
      (client, code, problem) => this.disconnect(client, code, problem),
      this.readBudget,
    );
    this.server = createServer({ noDelay: true }, (socket) => this.accept(socket, hub));
    this.server.maxConnections = MAX_CONNECTIONS;
    this.server.listen(this.address.port, this.address.host);
    await once(this.server, 'listening');
    this.startedAt = Date.now();
    this.watch.start();
  }

  /**
   * Stops accepting, lets running handlers end and be acknowledged (up to a deadline), then disconnects everybody.
   * @param movedTo host and port of the broker that takes its place: MQTT 5 clients are told.
   */
  async stop(movedTo?: string): Promise<void> {
    const { server, hub, ingest } = this;
    if (!server || !hub || !ingest) return;
    this.hub = undefined;
    const closed = new Promise((resolve) => server.close(resolve));
    for (const client of Object.values(clientsOf(hub))) client.pause();
    if (!(await ingest.drain(DRAIN_MS)))
      this.log.warn('closing with messages that are not stored: they stay unacknowledged');
    this.watch.stop();
    const goodbye = setTimeout(() => this.sockets.forEach((socket) => socket.destroy()), GOODBYE_MS);
    if (movedTo !== undefined) await this.sendAway(Object.values(clientsOf(hub)), movedTo);
    await new Promise<void>((resolve) => hub.close(resolve));
    // Whoever has not signed in yet is none of the hub's clients.
    this.sockets.forEach((socket) => socket.destroy());
    await closed;
    clearTimeout(goodbye);
  }

  /** Signed-in clients of each organization that has any. */
  clientsByTenant(): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    for (const id of Object.keys(this.clients)) counts.set(tenantOf(id), (counts.get(tenantOf(id)) ?? 0) + 1);
    return counts;
  }

  hasAudience(): boolean {
    return this.hub !== undefined && (this.hub.connectedClients > 0 || this.store!.hasSessions);
  }

  /** To the organization's subscribers; not through ingest. Without a running broker there is nobody to publish to. */
  publish(organizationId: string, topic: string, payload: Buffer): Promise<void> {
    this.hub?.publish({ topic: prefixOf(organizationId) + topic, payload, qos: 1 });
    return Promise.resolve();
  }

  status(): BrokerStatus {
    return {
      mode: 'embedded',
      address: `${this.address.host}:${this.port}`,
      state: this.hub ? 'connected' : 'stopped',
      clients: this.hub?.connectedClients ?? 0,
      messagesIn: this.ingest?.messagesIn ?? 0,
      messagesOut: this.messagesOut,
      uptimeSeconds: this.hub ? Math.floor((Date.now() - this.startedAt) / 1000) : 0,
    };
  }

  private get clients(): Record<string, BrokerClient> {
    return this.hub ? clientsOf(this.hub) : {};
  }

  private accept(socket: Socket, hub: Hub): void {
    this.sockets.add(socket);
    socket.once('close', () => this.sockets.delete(socket));
    const client = hub.handle(socket) as unknown as BrokerClient;
    const connection = new Connection();
    this.connections.set(client, connection);
    readAhead(client, this.readBudget);
    mountAtParser(client, connection, (code, problem) => this.disconnect(client, code, problem));
    deliverWithoutWaiting(client);
  }

  private async signIn(
    aedesClient: Client,
    password: Buffer | undefined,
    done: (error: AuthenticateError | null, success: boolean | null) => void,
  ): Promise<void> {
    const client = aedesClient as unknown as BrokerClient;
    const connection = this.connections.get(client)!;
    const organizationId = tenantOf(connection.prefix);
    if (connection.clientId.length > MAX_CLIENT_ID) {
      done(refused(REFUSED.clientId, 'client id is too long'), null);
      return;
    }
    let principal: MqttPrincipal | undefined;
    try {
      if (organizationId !== '!' && password) {
        principal = await this.gate.signIn(organizationId, password.toString(), client.conn.remoteAddress);
      }
    } catch (error) {
      this.log.warn(`sign-in is not possible: ${String(error)}`);
      done(refused(REFUSED.unavailable, 'sign-in is not possible'), null);
      return;
    }
    // The prefix was taken from the user name, so a gate that answers with another organization is refused.
    if (!password || principal?.organizationId.toLowerCase() !== organizationId) {
      done(refused(REFUSED.notAuthorized, 'wrong user name or token'), null);
      return;
    }
    const { willTopic } = connection;
    if (willTopic !== undefined && (topicProblem(willTopic) || !principal.mayPublish(willTopic))) {
      done(refused(REFUSED.notAuthorized, 'the will is not allowed'), null);
      return;
    }
    if (client.closed) return;
    connection.credentialKey = `${organizationId} ${createHash('sha256').update(password).digest('base64')}`;
    connection.credential = this.watch.join(connection.credentialKey, principal, client);
    client.conn.once('close', () => this.left(client));
    if (connection.clientIdAssigned) client._assignedClientId = connection.clientId;
    done(null, true);
  }

  private left(aedesClient: BrokerClient | Client): void {
    const client = aedesClient as BrokerClient;
    const key = this.connections.get(client)?.credentialKey;
    if (key !== undefined) this.watch.leave(key, client);
  }

  private authorizePublish(aedesClient: Client | null, packet: object, done: (error?: Error | null) => void): void {
    const client = aedesClient as unknown as BrokerClient | null;
    const connection = client ? this.connections.get(client) : undefined;
    if (!client || !connection?.credential) {
      done(new Error('not signed in'));
      return;
    }
    // aedes asks here for wills as well; they are no packets of their own on the wire.
    if ('cmd' in packet) this.ingest!.receive(client, connection, packet as BrokerPacket, done);
    else if (!this.hub) done(new Error('the broker stops: that is not the failure a will tells of'));
    else this.ingest!.receiveWill(connection, packet as Will).then(() => done(), done);
  }

  private maySubscribe(aedesClient: Client, filter: string): boolean {
    const client = aedesClient as unknown as BrokerClient;
    return this.mayRead(client, filter) && Object.keys(client.subscriptions).length < MAX_SUBSCRIPTIONS;
  }

  private mayRead(client: BrokerClient | undefined, filter: string): boolean {
    const connection = client && this.connections.get(client);
    if (!connection?.credential || !filter.startsWith(connection.prefix)) return false;
    const own = unmounted(filter);
    // Nothing of an organization is published under `$…`; `$share` of MQTT 3.1.1 would be a dead subscription.
    return !own.startsWith('$') && connection.credential.principal.maySubscribe(own);
  }

  /** aedes hands over a copy for this client, which may be changed. */
  private forward(aedesClient: Client, aedesPacket: object): BrokerPacket | null {
    const client = aedesClient as unknown as BrokerClient;
    const packet = aedesPacket as BrokerPacket;
    const { prefix } = this.connections.get(client)!;
    if (!packet.topic.startsWith(prefix)) return null;
    const backlog = client.conn.writableLength;
    if (backlog > CLOSE_BACKLOG_BYTES) {
      this.disconnect(client, REASON.quotaExceeded, 'reads too slowly');
      return null;
    }
    if (backlog > DROP_BACKLOG_BYTES && packet.qos === 0) return null;
    // aedes lowers the QoS to the granted one where the filter equals the topic, not for wildcards.
    if (packet.qos === 2 || packet.brokerId === null) {
      packet.qos = Math.min(packet.qos, grantedQos(client, packet.topic)) as Qos;
    }
    packet.topic = packet.topic.slice(prefix.length);
    this.messagesOut++;
    this.delivered(tenantOf(prefix));
    return packet;
  }

  private async sendAway(clients: readonly BrokerClient[], serverReference: string): Promise<void> {
    const farewell = { reasonCode: REASON.serverMoved, properties: { serverReference } };
    await Promise.all(clients.map((client) => new Promise<void>((done) => client.disconnect(farewell, done))));
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

function grantedQos(client: BrokerClient, topic: string): Qos {
  let granted: Qos = 0;
  for (const [filter, { qos }] of Object.entries(client.subscriptions)) {
    if (qos > granted && filterMatches(filter, topic)) granted = qos;
  }
  return granted;
}

/** Publishers go on while a subscriber's socket is full; retained messages after a SUBSCRIBE do wait for it. */
function deliverWithoutWaiting(client: BrokerClient): void {
  for (const name of ['deliver0', 'deliverQoS'] as const) {
    const deliver = client[name];
    client[name] = (packet, done) => {
      if (packet.brokerId === null) {
        deliver(packet, done);
        return;
      }
      deliver(packet, noop);
      done();
    };
  }
}
