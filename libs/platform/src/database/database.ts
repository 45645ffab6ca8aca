import { AsyncLocalStorage } from 'node:async_hooks';
import { Logger } from '@nestjs/common';
import { unavailable } from '#kernel';
import type { DataSource, EntityManager } from 'typeorm';
import { isOutage } from './errors';

type Scope = { organizationIds: readonly string[] } | 'system';

/**
 * The only way to the tables. Work runs in one transaction; inside it, further calls for the same organization join
 * that transaction, so repositories need no transaction parameter. The second wall behind every query is row-level
 * security: the transaction sees the rows of its organizations alone.
 */
export class Database {
  private readonly logger = new Logger(Database.name);
  private readonly current = new AsyncLocalStorage<{ scope: Scope; manager: EntityManager }>();
  private isAway = false;

  constructor(
    private readonly app: DataSource,
    private readonly system: DataSource,
  ) {}

  /** Work on one organization's rows. @throws DomainError `unavailable` when the server does not answer. */
  inOrganization<T>(organizationId: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.inOrganizations([organizationId], work);
  }

  /** Work that sees one organization's rows as they are in one moment, however many queries it takes. */
  inSnapshot<T>(organizationId: string, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    if (this.current.getStore()) throw new Error('a transaction cannot become a snapshot');
    return this.run({ organizationIds: [organizationId] }, work, 'REPEATABLE READ');
  }

  /** Work on the rows of several organizations at once: batches that were gathered across tenants. */
  inOrganizations<T>(organizationIds: readonly string[], work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.run({ organizationIds }, work);
  }

  /** Work of the instance itself: sign-in, administration, maintenance. Sees every organization. */
  asSystem<T>(work: (manager: EntityManager) => Promise<T>): Promise<T> {
    return this.run('system', work);
  }

  /** Work that belongs to whatever transaction is open, such as writing down what it did; to one of its own elsewhere. */
  joining<T>(organizationId: string | undefined, work: (manager: EntityManager) => Promise<T>): Promise<T> {
    const outer = this.current.getStore();
    if (outer) return work(outer.manager);
    return organizationId === undefined ? this.asSystem(work) : this.inOrganization(organizationId, work);
  }

  async close(): Promise<void> {
    await Promise.all([this.app.destroy(), this.system.destroy()]);
  }

  /** Whether the server answers a query. */
  async ping(): Promise<void> {
    await this.app.query('SELECT 1');
  }

  private async run<T>(
    scope: Scope,
    work: (manager: EntityManager) => Promise<T>,
    isolation?: 'REPEATABLE READ',
  ): Promise<T> {
    const outer = this.current.getStore();
    if (outer) {
      if (!covers(outer.scope, scope)) throw new Error('a transaction cannot change its organization');
      return work(outer.manager);
    }
    try {
      const source = scope === 'system' ? this.system : this.app;
      const inside = async (manager: EntityManager): Promise<T> => {
        if (scope !== 'system') await setTenants(manager, scope.organizationIds);
        return this.current.run({ scope, manager }, () => work(manager));
      };
      const result = await (isolation ? source.transaction(isolation, inside) : source.transaction(inside));
      this.isAway = false;
      return result;
    } catch (error) {
      if (!isOutage(error)) throw error;
      this.noteOutage(error as Error);
      throw unavailable('The database does not answer');
    }
  }

  /** Once an outage, however many meet it. */
  private noteOutage({ message }: Error): void {
    if (!this.isAway) this.logger.warn(`the database does not answer: ${message}`);
    this.isAway = true;
  }
}

function covers(outer: Scope, inner: Scope): boolean {
  if (outer === 'system' || inner === 'system') return outer === inner;
  return inner.organizationIds.every((id) => outer.organizationIds.includes(id));
}

const setTenants = (manager: EntityManager, organizationIds: readonly string[]): Promise<unknown> =>
  manager.query(`SELECT set_config('app.orgs', $1, true)`, [`{${organizationIds.join(',')}}`]);
