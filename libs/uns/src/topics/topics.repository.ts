import { filterPattern, Page } from '#kernel';
import { Database, OrganizationRepository, type PageRequest } from '#platform/database';
import { Injectable } from '@nestjs/common';
import type { FindOptionsOrder } from 'typeorm';
import { Topic } from './topic.entity';

const likePattern = (text: string): string => `%${text.replace(/[\\%_]/g, '\\$&')}%`;

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

  /** Topics that contain the text, in the given branches where the caller is confined to some. */
  search(
    organizationId: string,
    request: PageRequest & { search?: string; branches?: string[] },
    order: FindOptionsOrder<Topic>,
  ): Promise<Page<Topic>> {
    const { page, limit, search, branches } = request;
    return this.database.inOrganization(organizationId, async (manager) => {
      const query = manager.createQueryBuilder(Topic, 'topic').where({ organizationId });
      if (search) query.andWhere('topic.path ILIKE :search', { search: likePattern(search) });
      if (branches) query.andWhere('topic.path ~ ANY(:patterns)', { patterns: branches.map(filterPattern) });
      for (const [field, direction] of Object.entries(order)) {
        query.addOrderBy(`topic.${field}`, direction as 'ASC' | 'DESC');
      }
      // Pages neither lose nor repeat what is equal in the order asked for.
      query.addOrderBy('topic.id');
      const [data, total] = await query
        .skip((page - 1) * limit)
        .take(limit)
        .getManyAndCount();
      return new Page(data, { page, limit, total });
    });
  }
}
