import { Injectable } from '@nestjs/common';
import { conflict, invalid, jsonProblem, type JsonValue } from '#kernel';
import { Database } from '#platform/database';
import type { Connection } from '../connections/connection.entity';
import { ConnectionsRepository } from '../connections/connections.repository';
import type { ConnectionFunction } from '../functions/connection-function.entity';
import { FunctionsRepository } from '../functions/functions.repository';
import { parameterValues } from '../functions/parameters';
import { fillPlaces } from '../functions/places';
import { ProtocolRegistry, type JsonObject, type KnownFunctionType } from '../protocols';
import { ConnectionSessions } from './connection-sessions';
import { ConnectorError } from './connector-error';

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

/** Calls functions of connections. */
@Injectable()
export class FunctionCalls {
  constructor(
    private readonly database: Database,
    private readonly connections: ConnectionsRepository,
    private readonly functions: FunctionsRepository,
    private readonly protocols: ProtocolRegistry,
    private readonly sessions: ConnectionSessions,
  ) {}

  /**
   * @throws ConnectorError when what is outside does not do it; its message is for people, and `retryable` says whether the
   * same again may work. DomainError `not_found`, `bad_request` naming every parameter that does not fit, or `conflict` for
   * a connection that is disabled, when it is never asked.
   */
  async call(request: FunctionCall): Promise<FunctionResult> {
    const { connection, called } = await this.find(request);
    if (!connection.enabled) throw conflict(`Connection ${connection.name} is disabled`);
    const type = this.typeOf(connection, called);
    const parameters = parameterValues(called.parameters, request.parameters);
    const config = filled(type, called.config, parameters);
    const { functionId, signal, timeoutMs, idempotencyKey } = request;
    const started = performance.now();
    const options = { signal, timeoutMs, idempotencyKey, parameters };
    const data = await this.sessions.use(connection, (session) => session.call(called.type, config, options));
    const problem = jsonProblem(data);
    if (problem !== undefined) throw new ConnectorError(`The answer ${problem}`);
    const durationMs = Math.round(performance.now() - started);
    return { success: true, functionId, data, durationMs, timestamp: new Date().toISOString() };
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

/** @throws DomainError `bad_request` where the parameters make a config of it that cannot be used. */
function filled(type: KnownFunctionType, config: JsonObject, values: ReadonlyMap<string, JsonValue>): JsonObject {
  const { definition } = type;
  const { verbatim } = definition;
  const complete = fillPlaces(config, { values, encoderAt: definition.encoderAt?.bind(definition), verbatim });
  const bySchema = type.schemaProblems(complete);
  const [first, ...others] = bySchema.length > 0 ? bySchema : (definition.check?.(complete) ?? []);
  if (first) throw invalid(first, ...others);
  return complete;
}
