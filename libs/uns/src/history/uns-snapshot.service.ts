import { Injectable } from '@nestjs/common';
import {
  decodeCursor,
  encodeCursor,
  invalid,
  readTime,
  scopeBranches,
  Stretch,
  topicProblem,
  type Member,
} from '#kernel';
import type { SnapshotQuery } from '../data/dto/data-query.dto';
import type { RecordView } from '../record';
import { TopicsRepository, type TopicPlace } from '../topics/topics.repository';
import { LastRecords } from './last-records';
import { toView } from './record-view';

/** Topics that are looked at in one step: not all of them have a value. */
const STEP = { least: 500, most: 10_000 };

/** What the namespace held at a moment. */
@Injectable()
export class UnsSnapshotService {
  constructor(
    private readonly topics: TopicsRepository,
    private readonly last: LastRecords,
  ) {}

  /**
   * The last record of every topic below the prefix, and of the prefix itself, as of the time; by their topics. Those
   * without one are left out. @throws DomainError `bad_request`
   */
  async snapshot({ organizationId, scopes }: Member, query: SnapshotQuery): Promise<Stretch<RecordView>> {
    const { prefix, limit } = query;
    const problem = prefix === undefined ? undefined : topicProblem(prefix);
    if (problem) throw invalid({ field: 'prefix', message: problem.replace('Topic', 'Prefix') });
    const at = readTime('at', query.at) ?? null;
    const branches = scopeBranches(scopes, 'uns:read');
    let after = readCursor(query.cursor);
    const step = Math.min(STEP.most, Math.max(STEP.least, 2 * limit));
    const records: RecordView[] = [];
    for (;;) {
      const places = await this.topics.below(organizationId, { prefix, branches, after, limit: step });
      records.push(...(await this.lastOf(organizationId, places, at)));
      after = places.length < step ? undefined : places.at(-1)!.path;
      if (after === undefined || records.length >= limit) break;
    }
    const data = records.slice(0, limit);
    const next = records.length > limit ? data.at(-1)!.topic : after;
    return new Stretch(data, { nextCursor: next === undefined ? null : encodeCursor([next]) });
  }

  private async lastOf(organizationId: string, places: readonly TopicPlace[], at: Date | null): Promise<RecordView[]> {
    const ids = places.map(({ id }) => id);
    const last = await this.last.of(organizationId, ids, at);
    return places.flatMap(({ id, path }) => (last.has(id) ? [toView(path, last.get(id)!)] : []));
  }
}

/** The topic that the answer before ended with. */
function readCursor(cursor: string | undefined): string | undefined {
  if (cursor === undefined) return undefined;
  const [path, ...rest] = decodeCursor(cursor) ?? [];
  if (typeof path !== 'string' || topicProblem(path) || rest.length > 0) {
    throw invalid({ field: 'cursor', message: 'Cursor must be the nextCursor of an earlier answer' });
  }
  return path;
}
