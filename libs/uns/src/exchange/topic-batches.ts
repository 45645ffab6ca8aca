import { Injectable } from '@nestjs/common';
import { Database, staleVersion } from '#platform/database';
import { Any } from 'typeorm';
import type { SchemaRules } from '../schemas/schema-rules';
import { TopicSchema } from '../schemas/topic-schema.entity';
import { Topic } from '../topics/topic.entity';
import type { Leaving } from './removable';
import type { TopicValues } from './topic-content';
import { versionOf } from './topic-version';

/** A topic with its own schema. */
export interface TopicWithSchema {
  topic: Topic;
  schema: TopicSchema | null;
}

/** A topic that is to go. */
export interface LeavingTopic extends Leaving {
  organizationId: string;
  /** Of its own schema. */
  modelId: string | null;
}

/** Many topics at once, by a statement or two however many they are. */
@Injectable()
export class TopicBatches {
  constructor(private readonly database: Database) {}

  /** Those that exist of them. */
  async read(organizationId: string, ids: readonly string[]): Promise<TopicWithSchema[]> {
    return this.database.inOrganization(organizationId, async (manager) => {
      const topics = await manager.findBy(Topic, { organizationId, id: Any(ids) });
      const schemas = await manager.findBy(TopicSchema, { organizationId, id: Any(ids) });
      const own = new Map(schemas.map((schema) => [schema.id, schema]));
      return topics.map((topic) => ({ topic, schema: own.get(topic.id) ?? null }));
    });
  }

  /** By ids; of those that exist. */
  async versions(organizationId: string, ids: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.query<VersionRow>(organizationId, VERSIONS, [ids]);
    return new Map(
      rows.map(({ id, version, schema_version: own, schema_created_at: createdAt }) => {
        const schema = own === null ? null : { version: own, createdAt: createdAt! };
        return [id, versionOf({ topic: { version }, schema })];
      }),
    );
  }

  /** What it takes to remove them; of those that exist. */
  leaving(organizationId: string, ids: readonly string[]): Promise<LeavingTopic[]> {
    return this.query<LeavingTopic>(organizationId, LEAVING, [ids]);
  }

  /** @throws DomainError `precondition_failed` where one is not at that version any more. */
  async describe(
    organizationId: string,
    topics: readonly (TopicValues & Pick<Topic, 'id' | 'version'>)[],
  ): Promise<void> {
    if (topics.length === 0) return;
    const [row] = await this.query<{ count: number }>(organizationId, DESCRIBE, [
      topics.map(({ id }) => id),
      topics.map(({ version }) => version),
      topics.map(({ description }) => description),
      topics.map(({ tags }) => JSON.stringify(tags)),
      topics.map(({ config }) => config && JSON.stringify(config)),
    ]);
    if (row!.count < topics.length) throw staleVersion();
  }

  /** Their schemas, whether they had any or not. */
  async writeSchemas(organizationId: string, schemas: readonly (SchemaRules & { id: string })[]): Promise<void> {
    if (schemas.length > 0) await this.query(organizationId, WRITE_SCHEMAS, [JSON.stringify(schemas)]);
  }

  async eraseSchemas(organizationId: string, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.query(organizationId, ERASE_SCHEMAS, [ids]);
  }

  /** Their records are left to `RemovedTopics`; there must be nothing below them that is none of them. */
  async remove(organizationId: string, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await this.query(organizationId, REMOVE, [ids]);
  }

  private query<R>(organizationId: string, sql: string, parameters: unknown[]): Promise<R[]> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager.query<R[]>(sql, [organizationId, ...parameters]),
    );
  }
}

interface VersionRow {
  id: string;
  version: number;
  schema_version: number | null;
  schema_created_at: Date | null;
}

/** One look-up for each topic: what else the planner would do where it knows nothing of the tables yet takes the square. */
const SCHEMA = 'SELECT * FROM uns_topic_schemas WHERE organization_id = $1 AND topic_id = t.id OFFSET 0';

const VERSIONS = `
  SELECT t.id, t.version, s.version AS schema_version, s.created_at AS schema_created_at
  FROM uns_topics t LEFT JOIN LATERAL (${SCHEMA}) AS s ON true
  WHERE t.organization_id = $1 AND t.id = ANY ($2)`;

const LEAVING = `
  SELECT t.id, t.organization_id AS "organizationId", t.path, t.parent_path AS "parentPath", t.children,
    s.model_id AS "modelId"
  FROM uns_topics t LEFT JOIN LATERAL (${SCHEMA}) AS s ON true
  WHERE t.organization_id = $1 AND t.id = ANY ($2)`;

const DESCRIBE = `
  WITH described AS (
    UPDATE uns_topics t SET
      description = d.description, tags = ARRAY(SELECT jsonb_array_elements_text(d.tags)), config = d.config,
      version = t.version + 1, updated_at = now()
    FROM unnest($2::uuid[], $3::int[], $4::text[], $5::jsonb[], $6::jsonb[])
      AS d (id, version, description, tags, config)
    WHERE t.organization_id = $1 AND t.id = d.id AND t.version = d.version RETURNING 1
  )
  SELECT count(*)::int AS count FROM described`;

const WRITE_SCHEMAS = `
  INSERT INTO uns_topic_schemas AS s
    (organization_id, topic_id, mode, schema, model_id, model_version, model_schema, unit, min, max)
  SELECT $1, id, mode, schema, "modelId", "modelVersion", "modelSchema", unit, min, max
  FROM json_to_recordset($2::json) AS t (id uuid, mode text, schema jsonb, "modelId" uuid, "modelVersion" int,
    "modelSchema" jsonb, unit text, min float8, max float8)
  ON CONFLICT (organization_id, topic_id) DO UPDATE SET
    mode = excluded.mode, schema = excluded.schema, model_id = excluded.model_id,
    model_version = excluded.model_version, model_schema = excluded.model_schema, unit = excluded.unit,
    min = excluded.min, max = excluded.max, version = s.version + 1, updated_at = now()`;

const ERASE_SCHEMAS = 'DELETE FROM uns_topic_schemas WHERE organization_id = $1 AND topic_id = ANY ($2)';

/** Parents that stay have fewer children; in one order, in which others who change them wait. */
const REMOVE = `
  WITH gone AS (
    DELETE FROM uns_topics WHERE organization_id = $1 AND id = ANY ($2) RETURNING id, parent_path
  ), kept AS (
    INSERT INTO uns_removed_topics (organization_id, topic_id) SELECT $1, id FROM gone
  ), parents AS (
    SELECT p.id, less FROM uns_topics p
    JOIN (SELECT parent_path, count(*) AS less FROM gone GROUP BY parent_path) AS shrunk ON shrunk.parent_path = p.path
    WHERE p.organization_id = $1 AND p.id <> ALL ($2) ORDER BY p.path FOR UPDATE OF p
  )
  UPDATE uns_topics t SET children = children - less FROM parents WHERE t.id = parents.id`;
