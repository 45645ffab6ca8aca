import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database';
import type { ModelTopic } from '../dependencies/contributions';
import { below } from './topic-places';

/** Where many topics lie, by one query however many they are. */
@Injectable()
export class TopicPlacesRepository {
  constructor(private readonly database: Database) {}

  /** Ids by paths: of all topics, or of those that exist of these. */
  async idsOf(organizationId: string, paths?: readonly string[]): Promise<Map<string, string>> {
    // As one document each way: arrays and rows of ten thousand take three times as long.
    const [row] = await this.query<{ ids: Record<string, string> | null }>(
      organizationId,
      `SELECT json_object_agg(path, id) AS ids FROM uns_topics
       WHERE organization_id = $1
         AND ($2::jsonb IS NULL OR path = ANY (ARRAY(SELECT jsonb_array_elements_text($2))))`,
      [paths === undefined ? null : JSON.stringify(paths)],
    );
    return new Map(Object.entries(row!.ids ?? {}));
  }

  async pathOf(organizationId: string, id: string): Promise<string | undefined> {
    const [row] = await this.query<{ path: string }>(
      organizationId,
      'SELECT path FROM uns_topics WHERE organization_id = $1 AND id = $2',
      [id],
    );
    return row?.path;
  }

  /** Topics whose own schema is a model: all of them, or one with those below it. */
  withModels(organizationId: string, branch?: string): Promise<ModelTopic[]> {
    return this.query<ModelTopic>(
      organizationId,
      `SELECT t.id, t.path, s.model_id AS "modelId"
       FROM uns_topic_schemas s JOIN uns_topics t ON t.organization_id = s.organization_id AND t.id = s.topic_id
       WHERE s.organization_id = $1 AND s.model_id IS NOT NULL
         AND ($2::text IS NULL OR t.path = $2 OR (t.path > $3 AND t.path < $4))`,
      [branch ?? null, ...(branch === undefined ? [null, null] : below(branch))],
    );
  }

  /** Those of them that have values, also such as were not kept as history or were refused. */
  async withValues(organizationId: string, ids: readonly string[]): Promise<Set<string>> {
    const rows = await this.query<{ id: string }>(organizationId, WITH_VALUES, [ids]);
    return new Set(rows.map(({ id }) => id));
  }

  private query<R>(organizationId: string, sql: string, parameters: unknown[]): Promise<R[]> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager.query<R[]>(sql, [organizationId, ...parameters]),
    );
  }
}

const WITH_VALUES = `
  SELECT topic_id AS id FROM uns_topic_days WHERE organization_id = $1 AND topic_id = ANY ($2)
  UNION SELECT topic_id FROM uns_latest WHERE organization_id = $1 AND topic_id = ANY ($2)
  UNION SELECT topic_id FROM uns_quarantine WHERE organization_id = $1 AND topic_id = ANY ($2)`;
