import { Injectable } from '@nestjs/common';
import { conflict, jsonProblem, type JsonValue } from '#kernel';
import { Database } from '#platform/database';
import type { Connection } from '../connections/connection.entity';
import { ConnectionsRepository } from '../connections/connections.repository';
import type { ConnectionFunction } from '../functions/connection-function.entity';
import { FunctionsRepository } from '../functions/functions.repository';
import { ProtocolRegistry, type JsonObject, type KnownFunctionType, type Session } from '../protocols';
import { CallMetrics } from './call-metrics';
import { CircuitBreaker } from './circuit-breaker';
import { ConnectionSessions } from './connection-sessions';
import { ConnectorError } from './connector-error';
import { LiveOwners } from './live-owners';
import { LiveSessions } from './live-sessions';
import { preparedCall, type PreparedCall } from './prepared-call';
import { RemoteCalls } from './remote-calls';

export interface FunctionCall {
  organizationId: string;
  connectionId: string;
  functionId: string;
  parameters: JsonObject;
  /** Aborts when nobody waits for the answer any more. */
  signal: AbortSignal;
  /** Milliseconds, at most 600,000; the connection's own time where it is not given. */
  timeoutMs?: number | undefined;
  /** The same for every attempt of one effect; given on to those who can do a thing once by it. */
  idempotencyKey?: string;
}

export interface FunctionResult {
  success: true;
  functionId: string;
  data: JsonValue;
  durationMs: number;
  /** When the answer was complete; RFC 3339. */
  timestamp: string;
}

interface ReadyCall {
  connection: Connection;
  called: ConnectionFunction;
  prepared: PreparedCall;
}

/** Calls functions of connections, from whichever process: those of a live connection where its owner is. */
@Injectable()
export class FunctionCalls {
  private readonly breaker = new CircuitBreaker();

  constructor(
    private readonly database: Database,
    private readonly connections: ConnectionsRepository,
    private readonly functions: FunctionsRepository,
    private readonly protocols: ProtocolRegistry,
    private readonly sessions: ConnectionSessions,
    private readonly live: LiveSessions,
    private readonly owners: LiveOwners,
    private readonly remote: RemoteCalls,
    private readonly metrics: CallMetrics,
  ) {}

  /**
   * @throws ConnectorError when what is outside does not do it; its message is for people, and `retryable` says whether the
   * same again may work. DomainError `not_found`, `bad_request` naming every parameter that does not fit, or `conflict` for
   * a connection that is disabled or stopped, when it is never asked.
   */
  async call(request: FunctionCall): Promise<FunctionResult> {
    const ready = await this.ready(request);
    const { connection } = ready;
    if (this.isHere(connection)) return this.guarded(ready, request);
    return this.remote.call(await this.owners.find(connection.organizationId, connection.id), request);
  }

  /** For other processes: a live connection that is not here any more is not looked for elsewhere. @throws as `call` */
  async callHere(request: FunctionCall): Promise<FunctionResult> {
    return this.guarded(await this.ready(request), request);
  }

  private async ready(request: FunctionCall): Promise<ReadyCall> {
    const { connection, called } = await this.find(request);
    if (!connection.enabled) throw conflict(`Connection ${connection.name} is disabled`);
    if (connection.stopped) throw conflict(`Connection ${connection.name} is stopped`);
    const type = this.typeOf(connection, called);
    return { connection, called, prepared: preparedCall(type, called, request.parameters) };
  }

  private guarded(ready: ReadyCall, request: FunctionCall): Promise<FunctionResult> {
    return this.breaker.guard(ready.called.id, () => this.made(ready, request));
  }

  private isHere(connection: Connection): boolean {
    return !this.isLive(connection) || this.live.find(connection.id) !== undefined;
  }

  private isLive(connection: Connection): boolean {
    return this.protocols.of(connection).protocol.definition.mode === 'live';
  }

  /** Makes it here, and counts it. */
  private async made(
    { connection, called: { id: functionId, type }, prepared: { config, parameters } }: ReadyCall,
    { signal, timeoutMs, idempotencyKey }: FunctionCall,
  ): Promise<FunctionResult> {
    const { id: connectionId, organizationId } = connection;
    const started = performance.now();
    const bytesOut = Buffer.byteLength(JSON.stringify(config));
    const count = (failed: boolean, bytesIn: number): number => {
      const duration = performance.now() - started;
      this.metrics.called({ organizationId, connectionId, failed, duration, bytesIn, bytesOut });
      return Math.round(duration);
    };
    try {
      const data = await this.through(connection, signal, (session, limited) =>
        session.call(type, config, { signal: limited, timeoutMs, idempotencyKey, parameters }),
      );
      const problem = jsonProblem(data);
      if (problem !== undefined) throw new ConnectorError(`The answer ${problem}`);
      const durationMs = count(false, Buffer.byteLength(JSON.stringify(data)));
      return { success: true, functionId, data, durationMs, timestamp: new Date().toISOString() };
    } catch (error) {
      count(true, 0);
      throw error;
    }
  }

  private through(
    connection: Connection,
    signal: AbortSignal,
    work: (session: Session, signal: AbortSignal) => Promise<JsonValue>,
  ): Promise<JsonValue> {
    if (!this.isLive(connection)) return this.sessions.use(connection, (session) => work(session, signal));
    const owned = this.live.find(connection.id);
    if (!owned) throw new ConnectorError('The connection has gone to another worker', { retryable: true });
    return owned.use(signal, work);
  }

  /** Whether there is such a function, and it can be called. @throws DomainError `not_found` where not. */
  async require(organizationId: string, connectionId: string, functionId: string): Promise<void> {
    await this.find({ organizationId, connectionId, functionId });
  }

  private find({ organizationId, connectionId, functionId }: Omit<FunctionCall, 'parameters' | 'signal'>) {
    return this.database.inOrganization(organizationId, async () => ({
      connection: await this.connections.get(organizationId, connectionId),
      called: await this.functions.getOf(organizationId, connectionId, functionId),
    }));
  }

  private typeOf(connection: Connection, { type }: ConnectionFunction): KnownFunctionType {
    const found = this.protocols.of(connection).functionType(type);
    if (!found) throw conflict(`Function type ${type} is not part of this installation`);
    if (found.definition.kind !== 'call') throw conflict(`A function of type ${type} is subscribed to, not called`);
    return found;
  }
}
