import { Injectable } from '@nestjs/common';
import { conflict, invalid, Page, type Member } from '#kernel';
import { AuditTrail, changesBetween } from '#platform/audit';
import { Database, isUniqueViolation, requireVersion, type SeenVersion } from '#platform/database';
import { parseSort } from '#platform/http';
import { signal } from '#platform/signals';
import { ConnectorError, FunctionCalls } from '../calls';
import type { Connection } from '../connections/connection.entity';
import { ConnectionsRepository } from '../connections/connections.repository';
import { ProtocolRegistry, type JsonObject } from '../protocols';
import type { ConnectionFunction } from './connection-function.entity';
import {
  toFunctionView,
  type ChangeFunction,
  type CreateFunction,
  type FunctionExecution,
  type FunctionQuery,
  type FunctionView,
  type ParameterInput,
} from './dto/function.dto';
import { functionProblems } from './function-rules';
import { FunctionsRepository } from './functions.repository';
import type { FunctionParameter } from './parameters';

const SORTABLE = ['name', 'type', 'createdAt', 'updatedAt'] as const;
const AUDITED = ['name', 'type', 'parameters'] as const;
/** Milliseconds. A request that takes longer would outlive the claim of its idempotency key. */
const LONGEST_EXECUTION = 100_000;
const MOST_FUNCTIONS = 1_000;

type FunctionContent = Pick<ConnectionFunction, 'name' | 'type' | 'config' | 'parameters'>;

/** Functions of connections. */
@Injectable()
export class FunctionsService {
  constructor(
    private readonly database: Database,
    private readonly connections: ConnectionsRepository,
    private readonly functions: FunctionsRepository,
    private readonly protocols: ProtocolRegistry,
    private readonly calls: FunctionCalls,
    private readonly audit: AuditTrail,
  ) {}

  async list({ organizationId }: Member, connectionId: string, query: FunctionQuery): Promise<Page<FunctionView>> {
    await this.connections.get(organizationId, connectionId);
    const order = parseSort(query.sort, SORTABLE, 'name');
    const { data, meta } = await this.functions.search(organizationId, connectionId, query, order);
    return new Page(data.map(toFunctionView), meta);
  }

  /** @throws DomainError `not_found` */
  async get({ organizationId }: Member, connectionId: string, id: string): Promise<FunctionView> {
    await this.connections.get(organizationId, connectionId);
    return toFunctionView(await this.functions.getOf(organizationId, connectionId, id));
  }

  /** @throws DomainError `bad_request` with every problem; `conflict` for a name that is taken; `not_found` */
  create({ organizationId, userId }: Member, connectionId: string, request: CreateFunction): Promise<FunctionView> {
    return this.inConnection(organizationId, connectionId, async (connection) => {
      if ((await this.functions.count(organizationId, connectionId)) >= MOST_FUNCTIONS) {
        throw conflict(`A connection has ${MOST_FUNCTIONS} functions at most`);
      }
      const content = { ...request, parameters: declared(request.parameters ?? []) };
      this.requireSound(connection, content);
      const values: object = { ...content, connectionId, createdBy: userId, updatedBy: userId };
      const made = await this.functions.insert(organizationId, values);
      await this.record('create', made);
      return toFunctionView(made);
    });
  }

  /** @throws DomainError as `create`; `precondition_failed` */
  change(
    { organizationId, userId }: Member,
    connectionId: string,
    id: string,
    ifMatch: SeenVersion,
    request: ChangeFunction,
  ): Promise<FunctionView> {
    return this.inConnection(organizationId, connectionId, async (connection) => {
      const before = await this.functions.getOf(organizationId, connectionId, id);
      requireVersion(before, ifMatch);
      const { name = before.name, type = before.type, config = before.config } = request;
      const parameters = request.parameters ? declared(request.parameters) : before.parameters;
      this.requireSound(connection, { name, type, config, parameters });
      const values: object = { name, type, config, parameters, updatedBy: userId };
      const after = await this.functions.update(organizationId, id, before.version, values);
      await this.record('update', after, before);
      return toFunctionView(after);
    });
  }

  /** @throws DomainError `not_found`; `precondition_failed` */
  delete({ organizationId }: Member, connectionId: string, id: string, ifMatch: SeenVersion): Promise<void> {
    return this.inConnection(organizationId, connectionId, async () => {
      const gone = await this.functions.getOf(organizationId, connectionId, id);
      requireVersion(gone, ifMatch);
      await this.functions.delete(organizationId, id);
      await this.record('delete', gone);
    });
  }

  /** That the other side fails is an answer too. @throws DomainError as `FunctionCalls.call` */
  async execute(
    { organizationId }: Member,
    connectionId: string,
    functionId: string,
    parameters: JsonObject,
    idempotencyKey: string | undefined,
  ): Promise<FunctionExecution> {
    const started = performance.now();
    const signal = AbortSignal.timeout(LONGEST_EXECUTION);
    const call = { organizationId, connectionId, functionId, parameters, signal };
    try {
      return await this.calls.call({ ...call, ...(idempotencyKey !== undefined && { idempotencyKey }) });
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error;
      const { message, retryable, details = null } = signal.aborted ? tooLong() : error;
      const durationMs = Math.round(performance.now() - started);
      const timestamp = new Date().toISOString();
      return { success: false, functionId, data: details, error: { message, retryable }, durationMs, timestamp };
    }
  }

  private async inConnection<T>(
    organizationId: string,
    connectionId: string,
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    try {
      return await this.database.inOrganization(organizationId, async (manager) => {
        const done = await work(await this.connections.get(organizationId, connectionId));
        await signal(manager, 'connection.functions', [connectionId]);
        return done;
      });
    } catch (error) {
      if (isUniqueViolation(error, 'connection_functions_name_key')) {
        throw conflict('Name is taken by another function of the connection');
      }
      throw error;
    }
  }

  private requireSound(connection: Connection, { type, config, parameters }: FunctionContent): void {
    const known = this.protocols.of(connection).functionType(type);
    if (!known) throw invalid({ field: 'type', message: `Type ${type} is none of protocol ${connection.protocol}` });
    const [first, ...others] = functionProblems(known, config, parameters);
    if (first) throw invalid(first, ...others);
  }

  private record(verb: string, fn: ConnectionFunction, before?: ConnectionFunction): Promise<void> {
    const { id, name, organizationId, connectionId, type } = fn;
    return this.audit.record({
      action: `connection_function.${verb}`,
      organizationId,
      entity: { type: 'connection_function', id, name },
      ...(before && { changes: changesBetween(before, fn, AUDITED) }),
      details: { connectionId, type },
    });
  }
}

const tooLong = (): ConnectorError =>
  new ConnectorError(`No answer within ${LONGEST_EXECUTION} ms, which is as long as a request waits`, {
    retryable: true,
  });

const declared = (parameters: readonly ParameterInput[]): FunctionParameter[] =>
  parameters.map(({ name, type, required, default: preset, description }) => ({
    name,
    type,
    required: required ?? (preset === undefined || preset === null),
    ...(preset !== undefined && preset !== null && { default: preset }),
    ...(description !== undefined && description !== null && { description }),
  }));
