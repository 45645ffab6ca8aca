import { Injectable } from '@nestjs/common';
import { conflict, invalid, newId, type Member } from '#kernel';
import { AuditTrail, changesBetween } from '#platform/audit';
import { Database, isUniqueViolation } from '#platform/database';
import { DependencyIndex } from '#platform/dependencies';
import { signal } from '#platform/signals';
import type { Connection } from '../connections/connection.entity';
import { functionContribution, functionKey } from '../exchange/connection-contributor';
import { ProtocolRegistry } from '../protocols';
import type { ConnectionFunction } from './connection-function.entity';
import { functionProblems } from './function-rules';
import { FunctionsRepository } from './functions.repository';

const AUDITED = ['name', 'type', 'parameters'] as const;
const MOST_FUNCTIONS = 1_000;

/** What people decide of a function. */
export type FunctionContent = Pick<ConnectionFunction, 'name' | 'type' | 'config' | 'parameters'>;

/**
 * Changes of functions by whoever makes them: by the rules, in the trail, told to every process, kept in the graph. They join
 * the caller's transaction, which holds the connection.
 */
@Injectable()
export class FunctionEditor {
  constructor(
    private readonly database: Database,
    private readonly functions: FunctionsRepository,
    private readonly protocols: ProtocolRegistry,
    private readonly audit: AuditTrail,
    private readonly dependencies: DependencyIndex,
  ) {}

  /** @throws DomainError `bad_request` with every problem; `conflict` for a name that is taken. */
  async create(
    { userId }: Member,
    connection: Connection,
    { name, type, config, parameters }: FunctionContent,
    id = newId(),
  ): Promise<ConnectionFunction> {
    const { organizationId, id: connectionId } = connection;
    if ((await this.functions.count(organizationId, connectionId)) >= MOST_FUNCTIONS) {
      throw conflict(`A connection has ${MOST_FUNCTIONS} functions at most`);
    }
    this.requireSound(connection, { name, type, config, parameters });
    return this.changing(connection, async () => {
      const who = { createdBy: userId, updatedBy: userId };
      const values: object = { id, name, type, config, parameters, connectionId, ...who };
      const made = await this.functions.insert(organizationId, values);
      await this.record('create', made);
      return made;
    });
  }

  /** @throws DomainError as `create` */
  async change(
    { userId }: Member,
    connection: Connection,
    before: ConnectionFunction,
    { name, type, config, parameters }: FunctionContent,
  ): Promise<ConnectionFunction> {
    this.requireSound(connection, { name, type, config, parameters });
    return this.changing(connection, async () => {
      const values: object = { name, type, config, parameters, updatedBy: userId };
      const after = await this.functions.update(connection.organizationId, before.id, before.version, values);
      await this.record('update', after, before);
      return after;
    });
  }

  /** Who depends on it is not asked. */
  async remove(fn: ConnectionFunction): Promise<void> {
    await this.database.inOrganization(fn.organizationId, async (manager) => {
      await this.functions.delete(fn.organizationId, fn.id);
      await this.record('delete', fn);
      await signal(manager, 'connection.functions', [fn.connectionId]);
      await this.dependencies.remove(fn.organizationId, [functionKey(fn)]);
    });
  }

  private async changing(
    { organizationId, id }: Connection,
    work: () => Promise<ConnectionFunction>,
  ): Promise<ConnectionFunction> {
    try {
      return await this.database.inOrganization(organizationId, async (manager) => {
        const done = await work();
        await signal(manager, 'connection.functions', [id]);
        await this.dependencies.keep(organizationId, [functionContribution(done)]);
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
