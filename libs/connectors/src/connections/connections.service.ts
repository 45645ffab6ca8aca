import { Injectable } from '@nestjs/common';
import { Page, type Member } from '#kernel';
import { AuditTrail } from '#platform/audit';
import { Database, requireVersion, type SeenVersion } from '#platform/database';
import { DependencyIndex, type Dependents, type GuardQuery } from '#platform/dependencies';
import { parseSort } from '#platform/http';
import { ConnectionSessions, ConnectorError } from '../calls';
import { connectionKey } from '../exchange/connection-contributor';
import { RuntimesRepository } from '../runtime/runtimes.repository';
import type { Connection } from './connection.entity';
import { ConnectionEditor, entityOf } from './connection-editor';
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
/** Milliseconds. */
const LONGEST_TEST = 15_000;

/** Connections as configuration. */
@Injectable()
export class ConnectionsService {
  constructor(
    private readonly database: Database,
    private readonly connections: ConnectionsRepository,
    private readonly editor: ConnectionEditor,
    private readonly sessions: ConnectionSessions,
    private readonly runtimes: RuntimesRepository,
    private readonly audit: AuditTrail,
    private readonly dependencies: DependencyIndex,
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
  async create(member: Member, request: CreateConnection): Promise<ConnectionView> {
    const { name, description = null, protocol, config, labels, enabled = true } = request;
    const content = { name, description, protocol, config, labels: labels ?? {}, enabled };
    return toConnectionView(await this.editor.create(member, content));
  }

  /**
   * A config replaces the one before; secrets stay as `SecretFields.merge` says.
   * @throws DomainError as `create`; `not_found`; `precondition_failed`; `conflict` where the secrets cannot be opened, or
   * for one that is to be disabled as `DependencyIndex.guard`.
   */
  change(
    member: Member,
    id: string,
    ifMatch: SeenVersion,
    change: ChangeConnection,
    query: GuardQuery,
  ): Promise<ConnectionView | Dependents> {
    const { organizationId } = member;
    return this.database.inOrganization(organizationId, async () => {
      const before = await this.connections.hold(organizationId, id);
      requireVersion(before, ifMatch);
      const work = async () => this.view(await this.editor.change(member, before, change));
      if (before.enabled && change.enabled === false) return this.guard(before, query, work);
      return query.dryRun ? { dependents: [] } : work();
    });
  }

  /**
   * With its functions.
   * @throws DomainError `not_found`; `precondition_failed`; `conflict` while others depend on it or one of its functions, as
   * `DependencyIndex.guard`.
   */
  delete({ organizationId }: Member, id: string, ifMatch: SeenVersion, query: GuardQuery): Promise<Dependents | void> {
    return this.database.inOrganization(organizationId, async () => {
      const connection = await this.connections.hold(organizationId, id);
      requireVersion(connection, ifMatch);
      return this.guard(connection, query, () => this.editor.remove(connection));
    });
  }

  /** Another connection with the same config, secrets and functions. @throws DomainError as `create`; `not_found` */
  async clone(member: Member, originalId: string, name: string): Promise<ConnectionView> {
    const { organizationId } = member;
    return this.database.inOrganization(organizationId, async () => {
      const original = await this.connections.get(organizationId, originalId);
      return toConnectionView(await this.editor.clone(member, original, name));
    });
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

  private guard<T>(connection: Connection, query: GuardQuery, work: () => Promise<T>): Promise<T | Dependents> {
    const guarded = { ...connectionKey(connection), label: 'Connection' };
    return this.dependencies.guard(connection.organizationId, guarded, query, work);
  }
}
