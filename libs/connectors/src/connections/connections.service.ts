import { Injectable } from '@nestjs/common';
import { conflict, DomainError, invalid, newId, Page, type Member } from '#kernel';
import { AuditTrail, changesBetween } from '#platform/audit';
import { Database, isUniqueViolation, requireVersion, type SeenVersion } from '#platform/database';
import { parseSort } from '#platform/http';
import { signal } from '#platform/signals';
import { ConnectionSessions, ConnectorError } from '../calls';
import { FunctionsRepository } from '../functions/functions.repository';
import { ProtocolRegistry, type JsonObject, type KnownProtocol } from '../protocols';
import { RuntimesRepository } from '../runtime/runtimes.repository';
import type { SplitConfig } from '../secrets';
import type { Connection } from './connection.entity';
import { ConnectionSecrets, type KeptConfig } from './connection-secrets';
import { ConnectionsRepository } from './connections.repository';
import {
  toConnectionView,
  type ChangeConnection,
  type ConnectionQuery,
  type ConnectionTest,
  type ConnectionView,
  type CreateConnection,
} from './dto/connection.dto';

const SORTABLE = ['name', 'protocol', 'enabled', 'createdAt', 'updatedAt'] as const;
/** The config is not among them: what people put there is not always where secrets belong. */
const AUDITED = ['name', 'description', 'labels', 'enabled'] as const;
/** Milliseconds. */
const LONGEST_TEST = 15_000;
const MOST_CONNECTIONS = 5_000;

/** Connections as configuration. */
@Injectable()
export class ConnectionsService {
  constructor(
    private readonly database: Database,
    private readonly connections: ConnectionsRepository,
    private readonly functions: FunctionsRepository,
    private readonly protocols: ProtocolRegistry,
    private readonly secrets: ConnectionSecrets,
    private readonly sessions: ConnectionSessions,
    private readonly runtimes: RuntimesRepository,
    private readonly audit: AuditTrail,
  ) {}

  async list({ organizationId }: Member, query: ConnectionQuery): Promise<Page<ConnectionView>> {
    const order = parseSort(query.sort, SORTABLE, 'name');
    const { data, meta } = await this.connections.search(organizationId, query, order);
    const ids = data.map(({ id }) => id);
    const runtimes = await this.runtimes.of(organizationId, ids);
    return new Page(
      data.map((connection) => toConnectionView(connection, runtimes.get(connection.id)?.state)),
      meta,
    );
  }

  /** @throws DomainError `not_found` */
  async get({ organizationId }: Member, id: string): Promise<ConnectionView> {
    return this.view(await this.connections.get(organizationId, id));
  }

  /** @throws DomainError `bad_request` with every problem of the config; `conflict` for a name that is taken. */
  async create({ organizationId, userId }: Member, request: CreateConnection): Promise<ConnectionView> {
    const protocol = this.protocols.find(request.protocol);
    if (!protocol) throw invalid({ field: 'protocol', message: `Protocol ${request.protocol} is not known` });
    const id = newId();
    const kept = this.secrets.seal(id, checked(protocol, request.config));
    const { name, description = null, labels = {}, enabled = true } = request;
    const who = { createdBy: userId, updatedBy: userId };
    const values = { id, name, description, protocol: request.protocol, labels, enabled, ...kept, ...who };
    return this.insert(organizationId, 'create', values);
  }

  /**
   * A config replaces the one before; secrets stay as `SecretFields.merge` says.
   * @throws DomainError as `create`; `not_found`; `precondition_failed`; ConnectorError as `ConnectionSecrets.open`.
   */
  async change(
    { organizationId, userId }: Member,
    id: string,
    ifMatch: SeenVersion,
    { config, ...fields }: ChangeConnection,
  ): Promise<ConnectionView> {
    return this.naming(() =>
      this.database.inOrganization(organizationId, async (manager) => {
        const before = await this.connections.get(organizationId, id);
        requireVersion(before, ifMatch);
        const kept = config && this.changed(before, config);
        const change: object = { ...fields, ...kept, updatedBy: userId };
        const after = await this.connections.update(organizationId, id, before.version, change);
        await this.audit.record({
          action: 'connection.update',
          organizationId,
          entity: entityOf(after),
          changes: changesBetween(before, after, AUDITED),
          ...(kept && { details: { configChanged: true } }),
        });
        await signal(manager, 'connection.changed', [id]);
        return this.view(after);
      }),
    );
  }

  /** With its functions. @throws DomainError `not_found`; `precondition_failed` */
  async delete({ organizationId }: Member, id: string, ifMatch: SeenVersion): Promise<void> {
    await this.database.inOrganization(organizationId, async (manager) => {
      const connection = await this.connections.get(organizationId, id);
      requireVersion(connection, ifMatch);
      await this.connections.delete(organizationId, id);
      await signal(manager, 'connection.changed', [id]);
      await this.audit.record({ action: 'connection.delete', organizationId, entity: entityOf(connection) });
    });
  }

  /** Another connection with the same config, secrets and functions. @throws DomainError as `create`; `not_found` */
  async clone({ organizationId, userId }: Member, originalId: string, name: string): Promise<ConnectionView> {
    return this.naming(() =>
      this.database.inOrganization(organizationId, async () => {
        const original = await this.connections.get(organizationId, originalId);
        const { description, protocol, labels, enabled } = original;
        const id = newId();
        const kept = this.secrets.seal(id, this.opened(original));
        const who = { createdBy: userId, updatedBy: userId };
        const values = { id, name, description, protocol, labels, enabled, ...kept, ...who };
        const view = await this.insert(organizationId, 'clone', values, originalId);
        for (const { name, type, config, parameters } of await this.functions.all(organizationId, originalId)) {
          const copy: object = { connectionId: id, name, type, config, parameters, ...who };
          await this.functions.insert(organizationId, copy);
        }
        return view;
      }),
    );
  }

  /** Connects, asks whether all is well, and keeps nothing. What is wrong is its answer. @throws DomainError `not_found` */
  async test({ organizationId }: Member, id: string): Promise<ConnectionTest> {
    const connection = await this.connections.get(organizationId, id);
    const started = performance.now();
    const message = await this.problemOf(connection);
    const details = { success: message === null };
    await this.database.inOrganization(organizationId, () =>
      this.audit.record({ action: 'connection.test', organizationId, entity: entityOf(connection), details }),
    );
    return { success: message === null, message, durationMs: Math.round(performance.now() - started) };
  }

  private async problemOf(connection: Connection): Promise<string | null> {
    try {
      await this.sessions.once(connection, (session) => session.check(AbortSignal.timeout(LONGEST_TEST)));
      return null;
    } catch (error) {
      if (error instanceof ConnectorError) return error.message;
      throw error;
    }
  }

  private async view(connection: Connection): Promise<ConnectionView> {
    const runtimes = await this.runtimes.of(connection.organizationId, [connection.id]);
    return toConnectionView(connection, runtimes.get(connection.id)?.state);
  }

  private insert(
    organizationId: string,
    verb: 'create' | 'clone',
    values: object & { protocol: string },
    original?: string,
  ): Promise<ConnectionView> {
    const details = { protocol: values.protocol, ...(original !== undefined && { original }) };
    return this.naming(() =>
      this.database.inOrganization(organizationId, async (manager) => {
        if ((await this.connections.count(organizationId)) >= MOST_CONNECTIONS) {
          throw conflict(`An organization has ${MOST_CONNECTIONS} connections at most`);
        }
        const made = await this.connections.insert(organizationId, values);
        await this.runtimes.add(organizationId, made.id);
        await this.audit.record({ action: `connection.${verb}`, organizationId, entity: entityOf(made), details });
        await signal(manager, 'connection.changed', [made.id]);
        return toConnectionView(made);
      }),
    );
  }

  private changed(before: Connection, config: JsonObject): KeptConfig {
    return this.secrets.seal(before.id, checked(this.protocols.of(before), config, this.opened(before)));
  }

  /** @throws DomainError `conflict` where the secrets cannot be opened. */
  private opened(connection: Connection): SplitConfig {
    try {
      return this.secrets.open(connection);
    } catch (error) {
      if (error instanceof ConnectorError) throw new DomainError('conflict', error.message);
      throw error;
    }
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

const entityOf = ({ id, name }: Connection) => ({ type: 'connection', id, name });

/** @throws DomainError `bad_request` with every problem of the config. */
function checked(protocol: KnownProtocol, config: JsonObject, before?: SplitConfig): SplitConfig {
  const complete = protocol.secretFields.merge(config, before);
  const [first, ...others] = protocol
    .configProblems(complete)
    .map(({ field, message }) => ({ field: field ? `config.${field}` : 'config', message }));
  if (first) throw invalid(first, ...others);
  return protocol.secretFields.split(complete);
}
