import { Injectable } from '@nestjs/common';
import { Database, OrganizationRepository } from '#platform/database';
import { In } from 'typeorm';
import { SchemaBinding } from './schema-binding.entity';
import { TopicSchema } from './topic-schema.entity';

/** Topics' own schemas, by the topics' ids. */
@Injectable()
export class TopicSchemasRepository extends OrganizationRepository<TopicSchema> {
  constructor(database: Database) {
    super(database, TopicSchema, 'Schema');
  }

  find(organizationId: string, topicId: string): Promise<TopicSchema | null> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager.findOneBy(TopicSchema, { organizationId, id: topicId }),
    );
  }
}

/** What lists and searches need to know of a binding. */
export type BindingHead = Pick<SchemaBinding, 'id' | 'name' | 'filter' | 'modelId' | 'createdAt' | 'updatedAt'>;

@Injectable()
export class SchemaBindingsRepository extends OrganizationRepository<SchemaBinding> {
  constructor(database: Database) {
    super(database, SchemaBinding, 'Schema binding');
  }

  /** All of them, which are few. */
  heads(organizationId: string): Promise<BindingHead[]> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager.find(SchemaBinding, {
        select: { id: true, name: true, filter: true, modelId: true, createdAt: true, updatedAt: true },
        where: { organizationId },
      }),
    );
  }

  count(organizationId: string): Promise<number> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager.countBy(SchemaBinding, { organizationId }),
    );
  }

  /** In the order of the ids. */
  async byIds(organizationId: string, ids: readonly string[]): Promise<SchemaBinding[]> {
    const found = await this.database.inOrganization(organizationId, (manager) =>
      manager.findBy(SchemaBinding, { organizationId, id: In(ids) }),
    );
    const byId = new Map(found.map((binding) => [binding.id, binding]));
    return ids.flatMap((id) => byId.get(id) ?? []);
  }
}
