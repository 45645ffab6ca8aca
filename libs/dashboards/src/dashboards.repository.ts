import { Injectable } from '@nestjs/common';
import { Page } from '#kernel';
import { Database, OrganizationRepository, type PageRequest } from '#platform/database';
import { In, IsNull, type FindOptionsOrder } from 'typeorm';
import { Dashboard } from './dashboard.entity';

/** What lists tell: panels of two hundred dashboards could be hundreds of megabytes. */
export type ListedDashboard = Omit<Dashboard, 'variables' | 'panels'>;

const LISTED = [
  'id',
  'organizationId',
  'folderId',
  'name',
  'description',
  'timeRange',
  'refreshSeconds',
  'version',
  'createdAt',
  'createdBy',
  'updatedAt',
  'updatedBy',
] as const satisfies readonly (keyof ListedDashboard)[];

export interface DashboardFilter {
  search?: string;
  /** A folder; null for those in none, undefined for all. */
  place: string | null | undefined;
}

@Injectable()
export class DashboardsRepository extends OrganizationRepository<Dashboard> {
  constructor(database: Database) {
    super(database, Dashboard, 'Dashboard');
  }

  count(organizationId: string): Promise<number> {
    return this.database.inOrganization(organizationId, (manager) => manager.countBy(Dashboard, { organizationId }));
  }

  /** Those that exist of them, in no particular order. */
  byIds(organizationId: string, ids: readonly string[]): Promise<Dashboard[]> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager.findBy(Dashboard, { organizationId, id: In(ids) }),
    );
  }

  /** Where all of them lie. */
  places(organizationId: string): Promise<Pick<Dashboard, 'id' | 'name' | 'folderId'>[]> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager.find(Dashboard, { select: { id: true, name: true, folderId: true }, where: { organizationId } }),
    );
  }

  /** Without variables and panels. The search is in names and descriptions. */
  search(
    organizationId: string,
    { page, limit, search, place }: PageRequest & DashboardFilter,
    order: FindOptionsOrder<Dashboard>,
  ): Promise<Page<ListedDashboard>> {
    return this.database.inOrganization(organizationId, async (manager) => {
      const query = manager
        .createQueryBuilder(Dashboard, 'dashboard')
        .select(LISTED.map((field) => `dashboard.${field}`))
        .where({ organizationId, ...(place !== undefined && { folderId: place ?? IsNull() }) });
      if (search) {
        query.andWhere(
          `strpos(lower(dashboard.name || ' ' || coalesce(dashboard.description, '')), lower(:search)) > 0`,
          { search },
        );
      }
      for (const [field, direction] of Object.entries(order))
        query.addOrderBy(`dashboard.${field}`, direction as 'ASC');
      query.addOrderBy('dashboard.id').skip((page - 1) * limit);
      const [data, total] = await query.take(limit).getManyAndCount();
      return new Page<ListedDashboard>(data, { page, limit, total });
    });
  }
}
