import { Injectable } from '@nestjs/common';
import { Page, type Member } from '#kernel';
import { Database, requireVersion, type SeenVersion } from '#platform/database';
import { DependencyIndex, type Dependents, type GuardQuery } from '#platform/dependencies';
import { parseSort } from '#platform/http';
import { ConnectorError, FunctionCalls } from '../calls';
import type { Connection } from '../connections/connection.entity';
import { ConnectionsRepository } from '../connections/connections.repository';
import { functionKey } from '../exchange/connection-contributor';
import type { JsonObject } from '../protocols';
import {
  toFunctionView,
  type ChangeFunction,
  type CreateFunction,
  type FunctionExecution,
  type FunctionQuery,
  type FunctionView,
} from './dto/function.dto';
import { FunctionEditor } from './function-editor';
import { FunctionsRepository } from './functions.repository';
import { declared } from './parameters';

const SORTABLE = ['name', 'type', 'createdAt', 'updatedAt'] as const;
/** Milliseconds. A request that takes longer would outlive the claim of its idempotency key. */
const LONGEST_EXECUTION = 100_000;

/** Functions of connections. */
@Injectable()
export class FunctionsService {
  constructor(
    private readonly database: Database,
    private readonly connections: ConnectionsRepository,
    private readonly functions: FunctionsRepository,
    private readonly editor: FunctionEditor,
    private readonly calls: FunctionCalls,
    private readonly dependencies: DependencyIndex,
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
  create(member: Member, connectionId: string, request: CreateFunction): Promise<FunctionView> {
    return this.inConnection(member, connectionId, async (connection) => {
      const content = { ...request, parameters: declared(request.parameters ?? []) };
      return toFunctionView(await this.editor.create(member, connection, content));
    });
  }

  /** @throws DomainError as `create`; `precondition_failed` */
  change(
    member: Member,
    connectionId: string,
    id: string,
    ifMatch: SeenVersion,
    request: ChangeFunction,
  ): Promise<FunctionView> {
    return this.inConnection(member, connectionId, async (connection) => {
      const before = await this.functions.getOf(member.organizationId, connectionId, id);
      requireVersion(before, ifMatch);
      const { name = before.name, type = before.type, config = before.config } = request;
      const parameters = request.parameters ? declared(request.parameters) : before.parameters;
      return toFunctionView(await this.editor.change(member, connection, before, { name, type, config, parameters }));
    });
  }

  /** @throws DomainError `not_found`; `precondition_failed`; `conflict` while others call it, as `DependencyIndex.guard` */
  delete(
    member: Member,
    connectionId: string,
    id: string,
    ifMatch: SeenVersion,
    query: GuardQuery,
  ): Promise<Dependents | void> {
    const { organizationId } = member;
    return this.inConnection(member, connectionId, async () => {
      const gone = await this.functions.getOf(organizationId, connectionId, id);
      requireVersion(gone, ifMatch);
      const guarded = { ...functionKey(gone), label: 'Function' };
      return this.dependencies.guard(organizationId, guarded, query, () => this.editor.remove(gone));
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

  /** Nobody else changes the connection or its functions meanwhile. */
  private inConnection<T>(
    { organizationId }: Member,
    connectionId: string,
    work: (connection: Connection) => Promise<T>,
  ): Promise<T> {
    return this.database.inOrganization(organizationId, async () =>
      work(await this.connections.hold(organizationId, connectionId)),
    );
  }
}

const tooLong = (): ConnectorError =>
  new ConnectorError(`No answer within ${LONGEST_EXECUTION} ms, which is as long as a request waits`, {
    retryable: true,
  });
