import { Injectable } from '@nestjs/common';
import { conflict, isId, newId, notFound, type TimePosition } from '#kernel';
import { Database } from '#platform/database';
import { ImportRow } from './import.entity';
import { LessThan } from 'typeorm';

/** Any number that no other such lock has. */
const IMPORTS_LOCK = 7_243_071;
const LONGEST_WAIT = '10s';
/** PostgreSQL's for a lock that was not to be had in time. */
const LOCK_NOT_AVAILABLE = '55P03';

const HOUR_MS = 3_600_000;
const PLAN_MS = 24 * HOUR_MS;
const UNDO_MS = 30 * 24 * HOUR_MS;
/** Plans of one organization that wait to be executed; the oldest go. */
const MOST_PLANS = 20;

type Secretless = 'items' | 'plan' | 'undo';

@Injectable()
export class ImportsRepository {
  constructor(private readonly database: Database) {}

  /**
   * Lets no other import of the organization be executed or undone until this transaction ends.
   * @throws DomainError `conflict` where another one takes more than 10 s.
   */
  async lock(organizationId: string): Promise<void> {
    await this.database.inOrganization(organizationId, async (manager) => {
      await manager.query(`SET LOCAL lock_timeout = '${LONGEST_WAIT}'`);
      try {
        await manager.query('SELECT pg_advisory_xact_lock($1::int, hashtext($2))', [IMPORTS_LOCK, organizationId]);
      } catch (error) {
        if ((error as { code?: string }).code === LOCK_NOT_AVAILABLE) {
          throw conflict('Another import is being executed; try again when it is done');
        }
        throw error;
      }
      await manager.query('SET LOCAL lock_timeout = DEFAULT');
    });
  }

  /** Newest first, without what only one of them is asked for. */
  list(organizationId: string, before: TimePosition | undefined, limit: number): Promise<ImportRow[]> {
    return this.database.inOrganization(organizationId, (manager) => {
      const query = manager.createQueryBuilder(ImportRow, 'import').where({ organizationId });
      // A cursor has milliseconds, PostgreSQL microseconds.
      if (before) {
        query.andWhere(
          `(date_trunc('milliseconds', import.created_at), import.id) < (:at::timestamptz, :id::uuid)`,
          before,
        );
      }
      return query
        .orderBy(`date_trunc('milliseconds', import.created_at)`, 'DESC')
        .addOrderBy('import.id', 'DESC')
        .limit(limit)
        .getMany();
    });
  }

  /** With its items. @throws DomainError `not_found` */
  get(organizationId: string, id: string, label: 'Import' | 'Plan' = 'Import'): Promise<ImportRow> {
    return this.read(organizationId, id, ['items'], label);
  }

  /** With everything. @throws DomainError `not_found` */
  whole(organizationId: string, id: string, label: 'Import' | 'Plan'): Promise<ImportRow> {
    return this.read(organizationId, id, ['items', 'plan', 'undo'], label);
  }

  /** Older plans make room. */
  async insert(
    organizationId: string,
    values: Pick<ImportRow, 'description' | 'counts' | 'items' | 'plan' | 'createdBy'>,
  ): Promise<string> {
    const id = newId();
    await this.database.inOrganization(organizationId, async (manager) => {
      await manager.insert(ImportRow, { id, organizationId, status: 'planned', ...values });
      await manager.query(
        `DELETE FROM dependency_imports WHERE organization_id = $1 AND status = 'planned' AND id NOT IN (
           SELECT id FROM dependency_imports WHERE organization_id = $1 AND status = 'planned'
           ORDER BY created_at DESC, id DESC LIMIT $2)`,
        [organizationId, MOST_PLANS],
      );
    });
    return id;
  }

  /** @throws DomainError `conflict` for a plan that was removed while it was executed. */
  async update(organizationId: string, id: string, change: Partial<ImportRow>): Promise<void> {
    const { affected } = await this.database.inOrganization(organizationId, (manager) =>
      manager.update(ImportRow, { organizationId, id }, change),
    );
    if (affected === 0) throw conflict('The plan has made room for newer ones meanwhile; validate the file again');
  }

  /** Whether it is too old to be executed. */
  isExpired({ createdAt }: ImportRow): boolean {
    return createdAt < ago(PLAN_MS);
  }

  /** Whether it was executed too long ago to be undone. */
  isFinal({ appliedAt }: ImportRow): boolean {
    return appliedAt !== null && appliedAt < ago(UNDO_MS);
  }

  /** Plans that nobody executed, and what old imports could be undone by; of all organizations. */
  async removeExpired(): Promise<void> {
    await this.database.asSystem(async (manager) => {
      await manager.delete(ImportRow, { status: 'planned', createdAt: LessThan(ago(PLAN_MS)) });
      await manager.query('UPDATE dependency_imports SET undo = NULL WHERE undo IS NOT NULL AND applied_at < $1', [
        ago(UNDO_MS),
      ]);
    });
  }

  private async read(
    organizationId: string,
    id: string,
    also: readonly Secretless[],
    label: string,
  ): Promise<ImportRow> {
    if (!isId(id)) throw notFound(label);
    const found = await this.database.inOrganization(organizationId, (manager) =>
      manager
        .createQueryBuilder(ImportRow, 'import')
        .addSelect(also.map((column) => `import.${column}`))
        .where({ organizationId, id })
        .getOne(),
    );
    if (!found) throw notFound(label);
    return found;
  }
}

const ago = (milliseconds: number): Date => new Date(Date.now() - milliseconds);
