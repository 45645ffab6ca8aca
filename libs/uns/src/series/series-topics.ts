import { Injectable } from '@nestjs/common';
import { filterPattern } from '#kernel';
import { Database } from '#platform/database';

export interface LocatedTopic {
  id: string;
  path: string;
}

/** Where topics are looked for. */
export interface TopicSearch {
  /** MQTT filters that begin with the root of the namespace. */
  filters: readonly string[];
  /** Filters to one of which a topic has to belong; undefined where all do. */
  branches: string[] | undefined;
  /** Most results for each filter, the first by path. */
  limit: number;
}

/** The ids of topics, for many at once. */
@Injectable()
export class SeriesTopics {
  constructor(private readonly database: Database) {}

  /** Those of the paths that there are, by their paths. */
  async byPaths(organizationId: string, paths: readonly string[]): Promise<Map<string, LocatedTopic>> {
    if (paths.length === 0) return new Map();
    const rows = await this.query<LocatedTopic>(
      organizationId,
      'SELECT id, path FROM uns_topics WHERE organization_id = $1 AND path = ANY ($2::text[])',
      [organizationId, paths],
    );
    return new Map(rows.map((topic) => [topic.path, topic]));
  }

  /** The topics that each of the filters selects now. */
  async byFilters(organizationId: string, { filters, branches, limit }: TopicSearch): Promise<LocatedTopic[][]> {
    if (filters.length === 0) return [];
    const rows = await this.query<LocatedTopic & { place: number }>(
      organizationId,
      `SELECT asked.place, topic.id, topic.path FROM ${ASKED} CROSS JOIN LATERAL (
         SELECT id, path FROM uns_topics WHERE ${SELECTED} ORDER BY path LIMIT $6
       ) AS topic ORDER BY asked.place, topic.path`,
      [...searchOf(organizationId, filters, branches), limit],
    );
    const found: LocatedTopic[][] = filters.map(() => []);
    for (const { place, id, path } of rows) found[place]!.push({ id, path });
    return found;
  }

  /** What stands in place of each filter's first `+`, in the topics that it selects now. */
  async levels(organizationId: string, { filters, branches, limit }: TopicSearch): Promise<string[][]> {
    if (filters.length === 0) return [];
    const rows = await this.query<{ place: number; level: string }>(
      organizationId,
      `SELECT asked.place, found.level FROM ${ASKED} CROSS JOIN LATERAL (
         SELECT DISTINCT split_part(path, '/', ($7::int[])[asked.place + 1]) COLLATE "C" AS level
         FROM uns_topics WHERE ${SELECTED} ORDER BY level LIMIT $6
       ) AS found ORDER BY asked.place, found.level`,
      [
        ...searchOf(organizationId, filters, branches),
        limit,
        filters.map((filter) => filter.split('/').indexOf('+') + 1),
      ],
    );
    const levels: string[][] = filters.map(() => []);
    for (const { place, level } of rows) levels[place]!.push(level);
    return levels;
  }

  private query<R>(organizationId: string, sql: string, parameters: unknown[]): Promise<R[]> {
    return this.database.inOrganization(organizationId, (manager) => manager.query<R[]>(sql, parameters));
  }
}

const ASKED = 'unnest($2::int[], $3::text[], $4::text[]) AS asked (place, stem, pattern)';

// The index by path finds what begins with the stem: "0" is the character after "/".
const SELECTED = `organization_id = $1 AND path >= asked.stem AND path < asked.stem || '0' AND path ~ asked.pattern
  AND ($5::text[] IS NULL OR path ~ ANY ($5::text[]))`;

const searchOf = (organizationId: string, filters: readonly string[], branches: string[] | undefined): unknown[] => [
  organizationId,
  filters.map((_, index) => index),
  filters.map(stemOf),
  filters.map(filterPattern),
  branches?.map(filterPattern) ?? null,
];

/** The levels ahead of the first wildcard. */
function stemOf(filter: string): string {
  const levels = filter.split('/');
  const wildcard = levels.findIndex((level) => level === '+' || level === '#');
  return (wildcard < 0 ? levels : levels.slice(0, wildcard)).join('/');
}
