import { Injectable } from '@nestjs/common';
import { Page } from '#kernel';
import { Database, OrganizationRepository, type PageRequest } from '#platform/database';
import { IsNull, type FindOptionsOrder } from 'typeorm';
import type { Parents } from './folder-rules';
import { Folder } from './folder.entity';

/** Any number that no other such lock has. */
const DASHBOARDS_LOCK = 7_243_090;

/** What lies in a folder. */
export interface FolderContent {
  type: 'folder' | 'dashboard';
  id: string;
  name: string;
}

export type FolderPlace = Pick<Folder, 'id' | 'name' | 'parentId'>;

@Injectable()
export class FoldersRepository extends OrganizationRepository<Folder> {
  constructor(database: Database) {
    super(database, Folder, 'Folder');
  }

  /** Lets no other transaction change the organization's dashboards and folders until this one ends. */
  async lock(organizationId: string): Promise<void> {
    await this.database.inOrganization(organizationId, (manager) =>
      manager.query('SELECT pg_advisory_xact_lock($1::int, hashtext($2))', [DASHBOARDS_LOCK, organizationId]),
    );
  }

  /** The search is in names. */
  search(
    organizationId: string,
    { page, limit, search, place }: PageRequest & { search?: string; place: string | null | undefined },
    order: FindOptionsOrder<Folder>,
  ): Promise<Page<Folder>> {
    return this.database.inOrganization(organizationId, async (manager) => {
      const query = manager
        .createQueryBuilder(Folder, 'folder')
        .where({ organizationId, ...(place !== undefined && { parentId: place ?? IsNull() }) });
      if (search) query.andWhere('strpos(lower(folder.name), lower(:search)) > 0', { search });
      for (const [field, direction] of Object.entries(order)) query.addOrderBy(`folder.${field}`, direction as 'ASC');
      query.addOrderBy('folder.id').skip((page - 1) * limit);
      const [data, total] = await query.take(limit).getManyAndCount();
      return new Page(data, { page, limit, total });
    });
  }

  async parents(organizationId: string): Promise<Parents> {
    const folders = await this.database.inOrganization(organizationId, (manager) =>
      manager.find(Folder, { select: { id: true, parentId: true }, where: { organizationId } }),
    );
    return new Map(folders.map(({ id, parentId }) => [id, parentId]));
  }

  /** Where all of them lie. */
  places(organizationId: string): Promise<FolderPlace[]> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager.find(Folder, { select: { id: true, name: true, parentId: true }, where: { organizationId } }),
    );
  }

  exists(organizationId: string, id: string): Promise<boolean> {
    return this.database.inOrganization(organizationId, (manager) => manager.existsBy(Folder, { organizationId, id }));
  }

  /** What lies in it, not deeper; so much of it at most. */
  content(organizationId: string, id: string, limit: number): Promise<FolderContent[]> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager.query<FolderContent[]>(
        `SELECT 'folder' AS type, id, name FROM dashboard_folders WHERE organization_id = $1 AND parent_id = $2
         UNION ALL
         SELECT 'dashboard', id, name FROM dashboards WHERE organization_id = $1 AND folder_id = $2
         ORDER BY type DESC, name LIMIT $3`,
        [organizationId, id, limit],
      ),
    );
  }
}
