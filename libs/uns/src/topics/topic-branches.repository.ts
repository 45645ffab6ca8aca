import { Database } from '#platform/database';
import { Injectable } from '@nestjs/common';
import { below, nameOf, parentOf } from './topic-places';

/** A topic with all below it, changed as one: by statements about all of them, however many they are. */
@Injectable()
export class TopicBranchesRepository {
  constructor(private readonly database: Database) {}

  /** What topics below would be called, those alone with more bytes or levels than that. By their paths. */
  async longPaths(
    organizationId: string,
    { from, to }: { from: string; to: string },
    most: { bytes: number; levels: number },
  ): Promise<string[]> {
    const rows = await this.query<{ path: string }>(
      organizationId,
      `SELECT path FROM (
         SELECT $5 || substr(path, $4) AS path FROM uns_topics WHERE organization_id = $1 AND path > $2 AND path < $3
       ) moved
       WHERE octet_length(path) > $6 OR length(path) - length(replace(path, '/', '')) >= $7 ORDER BY path`,
      [organizationId, ...below(from), [...from].length + 1, to, most.bytes, most.levels],
    );
    return rows.map(({ path }) => path);
  }

  /** The target must not exist, and its parents must. Answers how many topics were moved. */
  async move(organizationId: string, from: string, to: string): Promise<number> {
    const [{ count }] = await this.query<{ count: number }>(organizationId, MOVE, [
      organizationId,
      from,
      ...below(from),
      [...from].length + 1,
      to,
      parentOf(to),
      nameOf(to),
    ]);
    await this.countChildren(organizationId, parentOf(from), -1);
    await this.countChildren(organizationId, parentOf(to), 1);
    return count;
  }

  /** Their records are left to `RemovedTopics`. Answers how many topics were removed. */
  async remove(organizationId: string, path: string): Promise<number> {
    const [{ count }] = await this.query<{ count: number }>(organizationId, REMOVE, [
      organizationId,
      path,
      ...below(path),
    ]);
    await this.countChildren(organizationId, parentOf(path), -1);
    return count;
  }

  private async countChildren(organizationId: string, path: string | null, more: number): Promise<void> {
    if (path === null) return;
    await this.query(
      organizationId,
      'UPDATE uns_topics SET children = children + $3 WHERE organization_id = $1 AND path = $2',
      [organizationId, path, more],
    );
  }

  private query<R>(organizationId: string, sql: string, parameters: unknown[]): Promise<[R, ...R[]]> {
    return this.database.inOrganization(organizationId, (manager) => manager.query<[R, ...R[]]>(sql, parameters));
  }
}

/** $1 organization, $2 path, $3 and $4 the ends of what lies below it, $5 where that begins to differ, then the target. */
const MOVE = `
  WITH moved AS (
    UPDATE uns_topics SET
      path = $6 || substr(path, $5),
      parent_path = CASE path WHEN $2 THEN $7 ELSE $6 || substr(parent_path, $5) END,
      name = CASE path WHEN $2 THEN $8 ELSE name END,
      version = version + 1,
      updated_at = now()
    WHERE organization_id = $1 AND (path = $2 OR (path > $3 AND path < $4)) RETURNING 1
  )
  SELECT count(*)::int AS count FROM moved`;

const REMOVE = `
  WITH gone AS (
    DELETE FROM uns_topics WHERE organization_id = $1 AND (path = $2 OR (path > $3 AND path < $4)) RETURNING id
  ), kept AS (
    INSERT INTO uns_removed_topics (organization_id, topic_id) SELECT $1, id FROM gone RETURNING 1
  )
  SELECT count(*)::int AS count FROM kept`;
