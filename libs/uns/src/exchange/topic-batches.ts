import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database';
import { In } from 'typeorm';
import type { SchemaRules } from '../schemas/schema-rules';
import { TopicSchema } from '../schemas/topic-schema.entity';
import { Topic } from '../topics/topic.entity';

/** A topic with its own schema. */
export interface TopicWithSchema {
  topic: Topic;
  schema: TopicSchema | null;
}

/** Many topics at once, by a statement or two however many they are. */
@Injectable()
export class TopicBatches {
  constructor(private readonly database: Database) {}

  /** Those that exist of them. */
  async read(organizationId: string, ids: readonly string[]): Promise<TopicWithSchema[]> {
    return this.database.inOrganization(organizationId, async (manager) => {
      const topics = await manager.findBy(Topic, { organizationId, id: In(ids) });
      const schemas = await manager.findBy(TopicSchema, { organizationId, id: In(ids) });
      const own = new Map(schemas.map((schema) => [schema.id, schema]));
      return topics.map((topic) => ({ topic, schema: own.get(topic.id) ?? null }));
    });
  }

  /** What people say of topics that have just been made; of those of whom they say nothing, nothing is written. */
  async describe(organizationId: string, topics: readonly Pick<Topic, 'id' | 'description' | 'tags' | 'config'>[]) {
    const described = topics.filter(
      ({ description, tags, config }) => description !== null || tags.length > 0 || config,
    );
    await this.database.inOrganization(organizationId, (manager) =>
      manager.query(DESCRIBE, [
        organizationId,
        described.map(({ id }) => id),
        described.map(({ description }) => description),
        described.map(({ tags }) => JSON.stringify(tags)),
        described.map(({ config }) => config && JSON.stringify(config)),
      ]),
    );
  }

  /** Their first schemas. */
  async giveSchemas(organizationId: string, schemas: readonly (SchemaRules & { id: string })[]): Promise<void> {
    const rows: object[] = schemas.map((schema) => ({ ...schema, organizationId }));
    await this.database.inOrganization(organizationId, (manager) => manager.insert(TopicSchema, rows));
  }
}

const DESCRIBE = `
  UPDATE uns_topics t SET
    description = d.description, tags = ARRAY(SELECT jsonb_array_elements_text(d.tags)), config = d.config
  FROM unnest($2::uuid[], $3::text[], $4::jsonb[], $5::jsonb[]) AS d (id, description, tags, config)
  WHERE t.organization_id = $1 AND t.id = d.id`;
