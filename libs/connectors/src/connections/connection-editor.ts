import { Injectable } from '@nestjs/common';
import { conflict, DomainError, invalid, newId, type Member } from '#kernel';
import { AuditTrail, changesBetween } from '#platform/audit';
import { Database, isUniqueViolation } from '#platform/database';
import { DependencyIndex } from '#platform/dependencies';
import { signal } from '#platform/signals';
import { ConnectorError } from '../calls';
import {
  connectionContribution,
  connectionKey,
  functionContribution,
  functionKey,
} from '../exchange/connection-contributor';
import type { ConnectionFunction } from '../functions/connection-function.entity';
import { FunctionsRepository } from '../functions/functions.repository';
import { ProtocolRegistry, type JsonObject, type KnownProtocol } from '../protocols';
import { RuntimesRepository } from '../runtime/runtimes.repository';
import type { SplitConfig } from '../secrets';
import type { Connection } from './connection.entity';
import { ConnectionSecrets, type KeptConfig } from './connection-secrets';
import { ConnectionsRepository } from './connections.repository';

/** The config is not among them: what people put there is not always where secrets belong. */
const AUDITED = ['name', 'description', 'labels', 'enabled'] as const;
const MOST_CONNECTIONS = 5_000;

/** What people decide of a connection. */
export type ConnectionContent = Pick<Connection, 'name' | 'description' | 'protocol' | 'config' | 'labels' | 'enabled'>;

/** What becomes of secrets that a new config leaves out. */
type LeftOut = 'kept' | 'removed';

/**
 * Changes of connections by whoever makes them: by the rules, in the trail, told to every process, kept in the graph. They
 * join the caller's transaction.
 */
@Injectable()
export class ConnectionEditor {
  constructor(
    private readonly database: Database,
    private readonly connections: ConnectionsRepository,
    private readonly functions: FunctionsRepository,
    private readonly protocols: ProtocolRegistry,
    private readonly secrets: ConnectionSecrets,
    private readonly runtimes: RuntimesRepository,
    private readonly audit: AuditTrail,
    private readonly dependencies: DependencyIndex,
  ) {}

  /** @throws DomainError `bad_request` with every problem of the config; `conflict` for a name that is taken. */
  async create(member: Member, { config, ...content }: ConnectionContent, id = newId()): Promise<Connection> {
    const protocol = this.protocols.find(content.protocol);
    if (!protocol) throw invalid({ field: 'protocol', message: `Protocol ${content.protocol} is not known` });
    const kept = this.secrets.seal(id, checked(protocol, protocol.secretFields.merge(config)));
    return this.naming(() =>
      this.database.inOrganization(member.organizationId, async () => {
        const made = await this.insert(member, { id, ...content, ...kept });
        await this.dependencies.keep(member.organizationId, [connectionContribution(made)]);
        return made;
      }),
    );
  }

  /** Another connection with the same config, secrets and functions. @throws DomainError as `create` */
  async clone(member: Member, original: Connection, name: string): Promise<Connection> {
    const { organizationId, userId } = member;
    const { description, protocol, labels, enabled } = original;
    const id = newId();
    const kept = this.secrets.seal(id, this.opened(original));
    return this.naming(() =>
      this.database.inOrganization(organizationId, async () => {
        const made = await this.insert(member, { id, name, description, protocol, labels, enabled, ...kept }, original);
        const copies: ConnectionFunction[] = [];
        for (const { name, type, config, parameters } of await this.functions.all(organizationId, original.id)) {
          const copy: object = {
            connectionId: id,
            name,
            type,
            config,
            parameters,
            createdBy: userId,
            updatedBy: userId,
          };
          copies.push(await this.functions.insert(organizationId, copy));
        }
        const contributions = [connectionContribution(made), ...copies.map(functionContribution)];
        await this.dependencies.keep(organizationId, contributions);
        return made;
      }),
    );
  }

  /**
   * A config replaces the one before; masks in it are the secrets that there are.
   * @param before held by this transaction.
   * @throws DomainError as `create`; `conflict` where the secrets cannot be opened.
   */
  async change(
    { organizationId, userId }: Member,
    before: Connection,
    { config, ...fields }: Partial<Omit<ConnectionContent, 'protocol'>>,
    leftOut: LeftOut = 'kept',
  ): Promise<Connection> {
    const kept = config && this.changed(before, config, leftOut);
    const change: object = { ...fields, ...kept, updatedBy: userId };
    return this.naming(() =>
      this.database.inOrganization(organizationId, async (manager) => {
        const after = await this.connections.update(organizationId, before.id, before.version, change);
        await this.audit.record({
          action: 'connection.update',
          organizationId,
          entity: entityOf(after),
          changes: changesBetween(before, after, AUDITED),
          ...(kept && { details: { configChanged: true } }),
        });
        await signal(manager, 'connection.changed', [after.id]);
        await this.dependencies.keep(organizationId, [connectionContribution(after)]);
        return after;
      }),
    );
  }

  /** With its functions. Who depends on them is not asked. */
  async remove(connection: Connection): Promise<void> {
    const { organizationId, id } = connection;
    await this.database.inOrganization(organizationId, async (manager) => {
      const functions = await this.functions.all(organizationId, id);
      await this.connections.delete(organizationId, id);
      await signal(manager, 'connection.changed', [id]);
      await this.audit.record({ action: 'connection.delete', organizationId, entity: entityOf(connection) });
      await this.dependencies.remove(organizationId, [connectionKey(connection), ...functions.map(functionKey)]);
    });
  }

  /** @throws DomainError `conflict` where the secrets cannot be opened. */
  opened(connection: Connection): SplitConfig {
    try {
      return this.secrets.open(connection);
    } catch (error) {
      if (error instanceof ConnectorError) throw new DomainError('conflict', error.message);
      throw error;
    }
  }

  private insert(
    { organizationId, userId }: Member,
    values: Omit<ConnectionContent, 'config'> & KeptConfig & { id: string },
    original?: Connection,
  ): Promise<Connection> {
    const verb = original ? 'clone' : 'create';
    const details = { protocol: values.protocol, ...(original && { original: original.id }) };
    return this.database.inOrganization(organizationId, async (manager) => {
      if ((await this.connections.count(organizationId)) >= MOST_CONNECTIONS) {
        throw conflict(`An organization has ${MOST_CONNECTIONS} connections at most`);
      }
      const row: object = { ...values, createdBy: userId, updatedBy: userId };
      const made = await this.connections.insert(organizationId, row);
      await this.runtimes.add(organizationId, made.id);
      await this.audit.record({ action: `connection.${verb}`, organizationId, entity: entityOf(made), details });
      await signal(manager, 'connection.changed', [made.id]);
      return made;
    });
  }

  private changed(before: Connection, config: JsonObject, leftOut: LeftOut): KeptConfig {
    const protocol = this.protocols.of(before);
    const { secretFields } = protocol;
    const earlier = this.opened(before);
    const complete =
      leftOut === 'kept' ? secretFields.merge(config, earlier) : secretFields.fill(config, earlier.secrets);
    return this.secrets.seal(before.id, checked(protocol, complete));
  }

  private async naming<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      if (isUniqueViolation(error, 'connections_name_key')) throw conflict('Name is taken by another connection');
      throw error;
    }
  }
}

export const entityOf = ({ id, name }: Connection) => ({ type: 'connection', id, name });

/** @throws DomainError `bad_request` with every problem of the config. */
function checked(protocol: KnownProtocol, complete: JsonObject): SplitConfig {
  const [first, ...others] = protocol
    .configProblems(complete)
    .map(({ field, message }) => ({ field: field ? `config.${field}` : 'config', message }));
  if (first) throw invalid(first, ...others);
  return protocol.secretFields.split(complete);
}
