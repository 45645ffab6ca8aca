import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database';
import type { ModelTopic } from '../dependencies/contributions';
import { below } from './topic-places';
import type { TopicPlace } from './topics.repository';

/** Where many topics lie, by one query however many they are. */
@Injectable()
export class TopicPlacesRepository {
  constructor(private readonly database: Database) {}

  /** Ids by paths: of all topics, or of those that exist of these. */
  async idsOf(organizationId: string, paths?: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.query<TopicPlace>(
      organizationId,
      'SELECT id, path FROM uns_topics WHERE organization_id = $1 AND ($2::text[] IS NULL OR path = ANY ($2))',
      [paths ?? null],
    );
    return new Map(rows.map(({ id, path }) => [path, id]));
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

  /** Whether the topic has values, also such as were not kept as history or were refused. */
  async hasValues(organizationId: string, id: string): Promise<boolean> {
    const [row] = await this.query<{ found: boolean }>(organizationId, HAS_VALUES, [id]);
    return row!.found;
  }

  private query<R>(organizationId: string, sql: string, parameters: unknown[]): Promise<R[]> {
    return this.database.inOrganization(organizationId, (manager) =>
      manager.query<R[]>(sql, [organizationId, ...parameters]),
    );
  }
}

const HAS_VALUES = `
  SELECT EXISTS (SELECT 1 FROM uns_topic_days WHERE organization_id = $1 AND topic_id = $2)
    OR EXISTS (SELECT 1 FROM uns_latest WHERE organization_id = $1 AND topic_id = $2)
    OR EXISTS (SELECT 1 FROM uns_quarantine WHERE organization_id = $1 AND topic_id = $2) AS found`;
