import { filterPattern, Page } from '#kernel';
import { Database, OrganizationRepository, type PageRequest } from '#platform/database';
import { Injectable } from '@nestjs/common';
import type { FindOptionsOrder } from 'typeorm';
import { searchPatterns } from './topic-search';
import { Topic } from './topic.entity';

const likePattern = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

export interface TopicsRequest extends PageRequest {
  search?: string | undefined;
  tag?: string | undefined;
  branches?: string[] | undefined;
}

/** Where a topic lies. */
export interface TopicPlace {
  id: string;
  path: string;
}

export interface BranchRequest {
  /** Topics below it, and itself; undefined for all. */
  prefix: string | undefined;
  /** Filters that the caller is confined to. */
  branches: string[] | undefined;
  /** Paths behind this one. */
  after: string | undefined;
  limit: number;
}

@Injectable()
export class TopicsRepository extends OrganizationRepository<Topic> {
  constructor(database: Database) {
    super(database, Topic, 'Topic');
  }

  byPath(organizationId: string, path: string): Promise<Topic> {
    return this.getBy(organizationId, { path });
  }

  /** Topics of a branch by their paths. */
  below(organizationId: string, { prefix, branches, after, limit }: BranchRequest): Promise<TopicPlace[]> {
    // In the order of the index, `/` is followed by `0`: all that begins with `a/` lies between `a/` and `a0`.
    return this.database.inOrganization(organizationId, (manager) =>
      manager.query<TopicPlace[]>(
        `SELECT id, path FROM uns_topics
         WHERE organization_id = $1 AND ($2::text IS NULL OR path = $2 OR (path > $2 || '/' AND path < $2 || '0'))
           AND ($3::text IS NULL OR path > $3) AND ($4::text[] IS NULL OR path ~ ANY ($4))
         ORDER BY path LIMIT $5`,
        [organizationId, prefix ?? null, after ?? null, branches?.map(filterPattern) ?? null, limit],
      ),
    );
  }

  exists(organizationId: string, path: string): Promise<boolean> {
    return this.database.inOrganization(organizationId, (manager) => manager.existsBy(Topic, { organizationId, path }));
  }

  /** Topics that contain the text and have the tag, in the given branches where the caller is confined to some. */
  list(organizationId: string, request: TopicsRequest, order: FindOptionsOrder<Topic>): Promise<Page<Topic>> {
    const { page, limit, search, tag, branches } = request;
    return this.database.inOrganization(organizationId, async (manager) => {
      const query = manager.createQueryBuilder(Topic, 'topic').where({ organizationId });
      if (search) query.andWhere('topic.path ILIKE :search', { search: likePattern(search) });
      if (tag !== undefined) query.andWhere(':tag = ANY(topic.tags)', { tag });
      if (branches) query.andWhere('topic.path ~ ANY(:patterns)', { patterns: branches.map(filterPattern) });
      const before = (page - 1) * limit;
      const ordered = query.clone();
      for (const [field, direction] of Object.entries(order)) {
        ordered.addOrderBy(`topic.${field}`, direction as 'ASC' | 'DESC');
      }
      // Pages neither lose nor repeat what is equal in the order asked for.
      const data = await ordered.addOrderBy('topic.id').skip(before).take(limit).getMany();
      // The last page tells how many there are: most searches have no other.
      const isLast = data.length > 0 ? data.length < limit : page === 1;
      const total = isLast ? before + data.length : await query.getCount();
      return new Page(data, { page, limit, total });
    });
  }

  /**
   * Topics by their own names, and the ends of the levels above: see `searchPatterns`. By an index, in the order of paths.
   * @param after the path of the last one seen.
   */
  find(
    organizationId: string,
    text: string,
    { after = '', limit, branches }: { after?: string | undefined; limit: number; branches?: string[] | undefined },
  ): Promise<Topic[]> {
    const { name, parent, inside } = searchPatterns(text);
    const patterns = branches?.map(filterPattern) ?? null;
    const parameters = inside
      ? [organizationId, name, parent, MOST_PARENTS, patterns, after, limit]
      : [organizationId, name, parent, patterns, after, limit];
    return this.database.inOrganization(organizationId, async (manager) => {
      const found = await manager.query<{ id: string }[]>(inside ? FIND_INSIDE : FIND, parameters);
      return manager
        .createQueryBuilder(Topic, 'topic')
        .where({ organizationId })
        .andWhere('topic.id = ANY(:ids)', { ids: found.map(({ id }) => id) })
        .orderBy('topic.path')
        .getMany();
    });
  }
}

const FIND = 'SELECT uns_search_topics($1, $2, $3, $4, $5, $6) AS id';

/** Of whom the children are looked for. */
const MOST_PARENTS = 10_000;

const FIND_INSIDE = `
  SELECT t.id FROM uns_topics t
  WHERE t.organization_id = $1 AND t.parent_path = ANY (ARRAY(
      SELECT path FROM uns_topics
      WHERE organization_id = $1 AND id IN (SELECT uns_search_topics($1, $2, $3, NULL, '', $4))
    ))
    AND ($5::text[] IS NULL OR t.path ~ ANY ($5::text[])) AND t.path > $6
  ORDER BY t.path LIMIT $7`;
