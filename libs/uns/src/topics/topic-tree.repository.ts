import { Database } from '#platform/database';
import { Injectable } from '@nestjs/common';
import { Topic } from './topic.entity';

export type NodeRow = Pick<Topic, 'id' | 'path' | 'name' | 'description' | 'tags' | 'children'>;

const COLUMNS = 'id, path, name, description, tags, children';

/** Topics by where they lie. Patterns confine what is seen to paths that match one of them. */
@Injectable()
export class TopicTreeRepository {
  constructor(private readonly database: Database) {}

  /** Those directly below a topic, or at the top, by their names. @param after the name of the last one seen. */
  below(
    organizationId: string,
    parent: string | null,
    { patterns, after, limit }: { patterns: string[] | undefined; after: string | undefined; limit: number },
  ): Promise<NodeRow[]> {
    const place = parent === null ? 'parent_path IS NULL AND $2::text IS NULL' : 'parent_path = $2';
    return this.query(
      organizationId,
      `SELECT ${COLUMNS} FROM uns_topics WHERE organization_id = $1 AND ${place} AND name > $3
         AND ($4::text[] IS NULL OR path ~ ANY ($4::text[]))
       ORDER BY name LIMIT $5`,
      [organizationId, parent, after ?? '', patterns ?? null, limit],
    );
  }

  /** Those directly below any of the topics, by their paths. */
  belowAll(organizationId: string, parents: readonly string[], patterns: string[] | undefined): Promise<NodeRow[]> {
    if (parents.length === 0) return Promise.resolve([]);
    return this.query(
      organizationId,
      `SELECT ${COLUMNS} FROM uns_topics WHERE organization_id = $1 AND parent_path = ANY ($2)
         AND ($3::text[] IS NULL OR path ~ ANY ($3::text[]))
       ORDER BY path`,
      [organizationId, parents, patterns ?? null],
    );
  }

  /** Those that are seen, and whose parent is not, by their paths. @param after the path of the last one seen. */
  tops(organizationId: string, patterns: string[], after: string | undefined, limit: number): Promise<NodeRow[]> {
    return this.query(
      organizationId,
      `SELECT ${COLUMNS} FROM uns_topics WHERE organization_id = $1 AND path > $2 AND path ~ ANY ($3::text[])
         AND (parent_path ~ ANY ($3::text[])) IS NOT TRUE
       ORDER BY path LIMIT $4`,
      [organizationId, after ?? '', patterns, limit],
    );
  }

  /** How many are seen directly below each of the topics that has any. */
  async countBelow(
    organizationId: string,
    parents: readonly string[],
    patterns: readonly string[],
  ): Promise<Map<string, number>> {
    if (parents.length === 0) return new Map();
    const rows = await this.query<{ parent: string; count: number }>(
      organizationId,
      `SELECT parent_path AS parent, count(*)::int AS count FROM uns_topics
       WHERE organization_id = $1 AND parent_path = ANY ($2) AND path ~ ANY ($3) GROUP BY parent_path`,
      [organizationId, parents, patterns],
    );
    return new Map(rows.map(({ parent, count }) => [parent, count]));
  }

  private query<R = NodeRow>(organizationId: string, sql: string, parameters: unknown[]): Promise<R[]> {
    return this.database.inOrganization(organizationId, (manager) => manager.query<R[]>(sql, parameters));
  }
}
