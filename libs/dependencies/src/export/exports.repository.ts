import { Injectable } from '@nestjs/common';
import { isId, newId, notFound, Page } from '#kernel';
import { Database, type PageRequest } from '#platform/database';
import { ExportRow } from './export.entity';

const KEPT_DAYS = 7;
/** Of one organization; the oldest go. */
const MOST_KEPT = 20;

@Injectable()
export class ExportsRepository {
  constructor(private readonly database: Database) {}

  /** Newest first. */
  async page(organizationId: string, { page, limit }: PageRequest): Promise<Page<ExportRow>> {
    const [data, total] = await this.database.inOrganization(organizationId, (manager) =>
      manager.findAndCount(ExportRow, {
        where: { organizationId },
        order: { createdAt: 'DESC', id: 'DESC' },
        skip: (page - 1) * limit,
        take: limit,
      }),
    );
    return new Page(data, { page, limit, total });
  }

  /** @throws DomainError `not_found` */
  async get(organizationId: string, id: string): Promise<ExportRow> {
    const found = await this.database.inOrganization(organizationId, (manager) =>
      isId(id) ? manager.findOneBy(ExportRow, { id, organizationId }) : Promise.resolve(null),
    );
    if (!found) throw notFound('Export');
    return found;
  }

  /** With the file. @throws DomainError `not_found` */
  async withContent(organizationId: string, id: string): Promise<ExportRow> {
    const row = await this.get(organizationId, id);
    const [found] = await this.database.inOrganization(organizationId, (manager) =>
      manager.query<{ content: Buffer }[]>(
        'SELECT content FROM dependency_exports WHERE organization_id = $1 AND id = $2',
        [organizationId, id],
      ),
    );
    if (!found) throw notFound('Export');
    return { ...row, content: found.content };
  }

  /** Older ones make room. */
  async insert(
    organizationId: string,
    values: Omit<ExportRow, 'id' | 'organizationId' | 'createdAt'>,
  ): Promise<ExportRow> {
    const id = newId();
    return this.database.inOrganization(organizationId, async (manager) => {
      await manager.insert(ExportRow, { id, organizationId, ...values });
      await manager.query(
        `DELETE FROM dependency_exports WHERE organization_id = $1 AND id NOT IN (
           SELECT id FROM dependency_exports WHERE organization_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2)`,
        [organizationId, MOST_KEPT],
      );
      return this.get(organizationId, id);
    });
  }

  /** Of all organizations. */
  async removeExpired(): Promise<void> {
    await this.database.asSystem((manager) =>
      manager.query('DELETE FROM dependency_exports WHERE created_at < now() - make_interval(days => $1)', [KEPT_DAYS]),
    );
  }
}
