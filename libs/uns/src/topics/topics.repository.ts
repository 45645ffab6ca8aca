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

@Injectable()
export class TopicsRepository extends OrganizationRepository<Topic> {
  constructor(database: Database) {
    super(database, Topic, 'Topic');
  }

  byPath(organizationId: string, path: string): Promise<Topic> {
    return this.getBy(organizationId, { path });
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
    const { name, parent } = searchPatterns(text);
    const patterns = branches?.map(filterPattern) ?? null;
    return this.database.inOrganization(organizationId, async (manager) => {
      const found = await manager.query<{ id: string }[]>('SELECT uns_search_topics($1, $2, $3, $4, $5, $6) AS id', [
        organizationId,
        name,
        parent,
        patterns,
        after,
        limit,
      ]);
      return manager
        .createQueryBuilder(Topic, 'topic')
        .where({ organizationId })
        .andWhere('topic.id = ANY(:ids)', { ids: found.map(({ id }) => id) })
        .orderBy('topic.path')
        .getMany();
    });
  }
}
