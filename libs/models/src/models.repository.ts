import { Injectable } from '@nestjs/common';
import { isId, notFound, Page } from '#kernel';
import { Database, OrganizationRepository, type PageRequest } from '#platform/database';
import { In, type FindOptionsOrder } from 'typeorm';
import { ModelReference } from './model-reference.entity';
import { ModelVersion } from './model-version.entity';
import { Model } from './model.entity';

/** Any number that no other such lock has. */
const MODELS_LOCK = 7_243_030;

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

  /**
   * Changes whenever the model or one that it names, directly or through others, does.
   * @throws DomainError `not_found`
   */
  async stamp(organizationId: string, id: string): Promise<string> {
    const models = await this.withNamed(organizationId, [id], 'id, version');
    if (models.length === 0) throw notFound('Model');
    return models.map((model) => `${model.id}:${model.version}`).join();
  }

  /** The models and all that they name, directly or through others, in the order of their ids. */
  withNamed(organizationId: string, ids: readonly string[], columns = '*'): Promise<Model[]> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager.query<Model[]>(
        `WITH RECURSIVE found (id) AS (
           SELECT unnest($2::uuid[])
           UNION
           SELECT r.named_id FROM found JOIN model_references r ON r.organization_id = $1 AND r.model_id = found.id
         )
         SELECT ${columns} FROM models WHERE organization_id = $1 AND id IN (SELECT id FROM found) ORDER BY id`,
        [organizationId, ids.filter(isId)],
      ),
    );
  }

  /** Ids of the models that name any of them, directly or through others. */
  async dependentsOf(organizationId: string, ids: readonly string[]): Promise<string[]> {
    const rows = await this.database.inOrganization(organizationId, (manager) =>
      manager.query<{ id: string }[]>(
        `WITH RECURSIVE found (id) AS (
           SELECT model_id FROM model_references WHERE organization_id = $1 AND named_id = ANY ($2::uuid[])
           UNION
           SELECT r.model_id FROM found JOIN model_references r ON r.organization_id = $1 AND r.named_id = found.id
         )
         SELECT id FROM found`,
        [organizationId, ids],
      ),
    );
    return rows.map(({ id: dependent }) => dependent);
  }

  all(organizationId: string): Promise<Model[]> {
    return this.database.inOrganization(organizationId, (manager) => manager.findBy(Model, { organizationId }));
  }

  /** Those that exist of them. */
  byIds(organizationId: string, ids: readonly string[]): Promise<Model[]> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager.findBy(Model, { organizationId, id: In(ids.filter(isId)) }),
    );
  }

  /** Ids by names. */
  names(organizationId: string): Promise<{ id: string; name: string }[]> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager.query<{ id: string; name: string }[]>('SELECT id, name FROM models WHERE organization_id = $1', [
        organizationId,
      ]),
    );
  }

  /** Keeps which models it names. */
  async keepReferences(organizationId: string, modelId: string, named: Iterable<string>): Promise<void> {
    const rows = Array.from(named, (namedId) => ({ organizationId, modelId, namedId }));
    await this.database.inOrganization(organizationId, async (manager) => {
      await manager.delete(ModelReference, { organizationId, modelId });
      if (rows.length > 0) await manager.insert(ModelReference, rows);
    });
  }

  /** Lets no other transaction change the organization's models or how they name one another until this one ends. */
  async lock(organizationId: string): Promise<void> {
    await this.database.inOrganization(organizationId, (manager) =>
      manager.query('SELECT pg_advisory_xact_lock($1::int, hashtext($2))', [MODELS_LOCK, organizationId]),
    );
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
