import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '#platform/database';
import { Lifecycle } from '#platform/lifecycle';
import { Signals } from '#platform/signals';
import { CallMetrics, ConnectionSessions, FunctionCalls, LiveSessions, RemoteCalls } from '../calls';
import { ConnectionsRepository } from '../connections/connections.repository';
import { FunctionsRepository } from '../functions/functions.repository';
import { MessageConsumers, MessageIntake } from '../messages';
import { ProtocolRegistry } from '../protocols';
import { FunctionSubscriptions } from './function-subscriptions';
import { Leases, type OwnedConnection } from './leases';
import { StateWriter } from './state-writer';
import { SupervisedConnection, type SupervisedServices } from './supervised-connection';
import { Wake } from './wake';

const LOOK_MS = 2_000;
/** Connections that are taken by one look: the next follows at once where there are more. */
const CLAIMED_AT_ONCE = 50;

interface Supervised {
  owned: OwnedConnection;
  connection: SupervisedConnection;
}

/**
 * Runs the connections that this worker has, and takes those that nobody has. Every worker does the same; the database says
 * who has what. All that is enabled is connected, or tried again, until it is stopped.
 */
@Injectable()
export class Supervisor implements OnApplicationBootstrap {
  private readonly logger = new Logger(Supervisor.name);
  private readonly supervised = new Map<string, Supervised>();
  private readonly waker = new Wake();
  private looking: Promise<void> = Promise.resolve();
  private phase: 'running' | 'leaving' | 'ended' = 'running';
  private troubled = false;

  constructor(
    private readonly database: Database,
    private readonly leases: Leases,
    private readonly connections: ConnectionsRepository,
    private readonly functions: FunctionsRepository,
    private readonly protocols: ProtocolRegistry,
    private readonly sessions: ConnectionSessions,
    private readonly live: LiveSessions,
    private readonly calls: FunctionCalls,
    private readonly remote: RemoteCalls,
    private readonly consumers: MessageConsumers,
    private readonly intake: MessageIntake,
    private readonly metrics: CallMetrics,
    private readonly writer: StateWriter,
    private readonly signals: Signals,
    private readonly lifecycle: Lifecycle,
  ) {}

  onApplicationBootstrap(): void {
    this.signals.on('connection.changed', () => this.waker.wake());
    this.signals.on('connection.functions', () => this.waker.wake());
    this.consumers.onChange((organizationId) => this.resubscribe(organizationId));
    this.remote.serve(this.leases.worker, (call) => this.calls.callHere(call));
    this.looking = this.lookOnAndOn();
    // Runs that are under way need their connections: those go when the runs have ended.
    this.lifecycle.atShutdown('intake', 'connections', () => void (this.phase = 'leaving'));
    this.lifecycle.atShutdown('queues', 'connections', () => this.end());
  }

  private async lookOnAndOn(): Promise<void> {
    while (this.phase !== 'ended') {
      const claimed = await this.look();
      if (claimed < CLAIMED_AT_ONCE) await this.waker.wait(LOOK_MS);
    }
  }

  /** How many connections it has taken. Never fails. */
  private async look(): Promise<number> {
    const before = this.supervised.size;
    try {
      const owned = await this.leases.look(this.phase === 'running' ? CLAIMED_AT_ONCE : 0);
      this.troubled = false;
      this.adjust(owned);
    } catch (error) {
      // What is connected stays so: nobody else can take it either while the database is away.
      if (!this.troubled) this.logger.warn(`connections could not be looked after: ${String(error)}`);
      this.troubled = true;
    }
    return this.supervised.size - before;
  }

  private adjust(owned: readonly OwnedConnection[]): void {
    const ids = new Set(owned.map(({ connectionId }) => connectionId));
    // Gone, or taken by another worker: nothing is written of them any more.
    for (const id of this.supervised.keys()) if (!ids.has(id)) this.forget(id);
    const stopped: OwnedConnection[] = [];
    for (const one of owned) {
      const known = this.supervised.get(one.connectionId);
      if (known && known.owned.fence !== one.fence) this.forget(one.connectionId);
      const current = this.supervised.get(one.connectionId);
      if (!one.shouldRun) stopped.push(one);
      else if (!current) this.take(one);
      else this.compare(current, one);
    }
    for (const one of stopped) void this.giveBack(one);
  }

  private compare({ owned, connection }: Supervised, now: OwnedConnection): void {
    if (owned.revision !== now.revision) connection.restart();
    else if (owned.functions !== now.functions) connection.resubscribe();
    else if (connection.status.state !== now.state) connection.tellAgain();
    Object.assign(owned, now);
  }

  private take(owned: OwnedConnection): void {
    const { organizationId, connectionId, fence } = owned;
    let subscriptions: FunctionSubscriptions | undefined;
    const services: SupervisedServices = {
      open: async (signal, lost) => {
        const connection = await this.connections.get(organizationId, connectionId);
        signal.throwIfAborted();
        const { database, functions, consumers, intake, metrics } = this;
        const needs = { database, functions, consumers, intake, metrics };
        subscriptions = new FunctionSubscriptions(connection, this.protocols.of(connection), needs);
        return this.sessions.open(connection, { signal, lost });
      },
      subscribe: async (session, signal) => (await subscriptions?.adjust(session, signal)) ?? [],
      unsubscribe: async () => subscriptions?.end(),
      subscribeAgainAfter: () => subscriptions?.againAfter,
      changed: (from, status) => this.writer.write({ organizationId, connectionId, fence, from, status }),
      held: () => this.leases.held,
    };
    const connection = new SupervisedConnection(owned, services);
    this.supervised.set(connectionId, { owned, connection });
    this.live.own(connectionId, connection);
    connection.start();
  }

  private forget(connectionId: string): void {
    const gone = this.supervised.get(connectionId);
    this.supervised.delete(connectionId);
    this.live.disown(connectionId);
    void gone?.connection.stop();
  }

  /** Stopped by hand, disabled, or its organization is suspended. */
  private async giveBack({ connectionId }: OwnedConnection): Promise<void> {
    const going = this.supervised.get(connectionId);
    await going?.connection.stop();
    if (this.supervised.get(connectionId) === going) this.forget(connectionId);
    await this.release([connectionId]);
  }

  private async release(connectionIds: readonly string[]): Promise<void> {
    try {
      await this.leases.release(connectionIds);
    } catch (error) {
      this.logger.warn(`connections could not be given back: ${String(error)}`);
    }
  }

  private resubscribe(organizationId: string): void {
    for (const { owned, connection } of this.supervised.values()) {
      if (owned.organizationId === organizationId) connection.resubscribe();
    }
  }

  private async end(): Promise<void> {
    this.phase = 'ended';
    this.waker.wake();
    await this.looking;
    await Promise.all([...this.supervised.keys()].map((id) => this.supervised.get(id)!.connection.stop()));
    await this.leases.end();
  }
}
