import { Injectable } from '@nestjs/common';
import { isId, notFound, Page } from '#kernel';
import { Database, OrganizationRepository, type PageRequest } from '#platform/database';
import type { FindOptionsOrder } from 'typeorm';
import { ModelVersion } from './model-version.entity';
import { Model } from './model.entity';

@Injectable()
export class ModelsRepository extends OrganizationRepository<Model> {
  constructor(database: Database) {
    super(database, Model, 'Model');
  }

  /** Models with the text in name or description. */
  search(
    organizationId: string,
    { page, limit, search }: PageRequest & { search?: string },
    order: FindOptionsOrder<Model>,
  ): Promise<Page<Model>> {
    return this.database.inOrganization(organizationId, async (manager) => {
      const query = manager.createQueryBuilder(Model, 'model').where({ organizationId });
      if (search) {
        query.andWhere(`strpos(lower(model.name || ' ' || coalesce(model.description, '')), lower(:search)) > 0`, {
          search,
        });
      }
      for (const [field, direction] of Object.entries(order)) query.addOrderBy(`model.${field}`, direction as 'ASC');
      query.addOrderBy('model.id').skip((page - 1) * limit);
      const [data, total] = await query.take(limit).getManyAndCount();
      return new Page(data, { page, limit, total });
    });
  }

  isNameTaken(organizationId: string, name: string): Promise<boolean> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager
        .createQueryBuilder(Model, 'model')
        .where({ organizationId })
        .andWhere('lower(model.name) = lower(:name)', { name })
        .getExists(),
    );
  }

  /** The number of the version that it has now. @throws DomainError `not_found` */
  async versionOf(organizationId: string, id: string): Promise<number> {
    if (!isId(id)) throw notFound('Model');
    const found = await this.database.inOrganization(organizationId, (manager) =>
      manager.findOne(Model, { where: { organizationId, id }, select: { version: true } }),
    );
    if (!found) throw notFound('Model');
    return found.version;
  }

  async versions(organizationId: string, modelId: string, { page, limit }: PageRequest): Promise<Page<ModelVersion>> {
    const [data, total] = await this.database.inOrganization(organizationId, (manager) =>
      manager.findAndCount(ModelVersion, {
        where: { organizationId, modelId },
        order: { version: 'DESC' },
        skip: (page - 1) * limit,
        take: limit,
      }),
    );
    return new Page(data, { page, limit, total });
  }

  /** @throws DomainError `not_found` */
  async version(organizationId: string, modelId: string, version: number): Promise<ModelVersion> {
    const found = await this.database.inOrganization(organizationId, (manager) =>
      manager.findOneBy(ModelVersion, { organizationId, modelId, version }),
    );
    if (!found) throw notFound('Version');
    return found;
  }

  /** Keeps what the model is now. */
  async keepVersion(model: Model, what: Pick<ModelVersion, 'changeType' | 'summary'>): Promise<void> {
    const { organizationId, id: modelId, version, name, description, fields, updatedBy: createdBy } = model;
    const row = { organizationId, modelId, version, name, description, fields, createdBy, ...what };
    await this.database.inOrganization(organizationId, (manager) => manager.insert(ModelVersion, row as object));
  }
}
