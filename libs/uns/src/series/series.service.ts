import { Injectable } from '@nestjs/common';
import {
  filterProblem,
  hasScopeOn,
  MAX_TOPIC_LENGTH,
  scopeBranches,
  TOPIC_ROOT,
  topicProblem,
  type Member,
} from '#kernel';
import { isDataError } from '#platform/database';
import { LastRecords } from '../history/last-records';
import { RecordStorage } from '../storage/record-storage';
import { fieldOf } from './field-of';
import {
  MOST_POINTS,
  MOST_TOPICS,
  type Series,
  type SeriesAnswer,
  type SeriesRead,
  type SeriesRequest,
} from './series';
import { SeriesTopics, type LocatedTopic } from './series-topics';

/** Series of one call. */
export const MOST_SERIES = 500;
/** Points of one call: many series have fewer each. */
const MOST_POINTS_OF_ALL = 250_000;
/** Bytes of values that are no numbers, of one call: each series has its share. */
const MOST_BYTES_OF_ALL = 16 * 1024 * 1024;
/** Different filters of one call: each may have to look at every topic there is. */
const MOST_FILTERS = 100;

/** What a request's topic stands for. */
interface Located {
  topics: LocatedTopic[];
  more: boolean;
  problem?: string;
}

/** A series of a topic, and what it is to be read by. */
interface Reading {
  request: SeriesRequest;
  topicId: string;
  series: Series;
}

/** The share of one series of what may be told in all. */
type Share = Pick<SeriesRead, 'limit' | 'bytes'>;

/** Many series by one round of queries: what charts are drawn from. */
@Injectable()
export class SeriesService {
  constructor(
    private readonly topics: SeriesTopics,
    private readonly storage: RecordStorage,
    private readonly last: LastRecords,
  ) {}

  /**
   * The answers in the order of the requests. What is wrong with one topic (it is none, does not exist, or is outside the
   * member's branches) is told in its series, and the others are read; of a filter's topics only those are told that the
   * member may read. 500 series at most in all, the others are left out as more. To be called outside of transactions.
   * @throws DomainError `unavailable`
   */
  async series(member: Member, requests: readonly SeriesRequest[]): Promise<SeriesAnswer[]> {
    const located = bounded(await this.locate(member, [...new Set(requests.map(({ topic }) => topic))]), requests);
    const readings: Reading[] = [];
    const answers = requests.map((request, index) => {
      const { topics, more, problem } = located[index]!;
      if (problem !== undefined) return { series: [refused(request.topic, problem)], more };
      const told = topics.map(({ id: topicId, path }): Reading => {
        return { request, topicId, series: { topic: path, points: [], truncated: false } };
      });
      readings.push(...told);
      return { series: told.map(({ series }) => series), more };
    });
    await this.fill(member.organizationId, readings);
    return answers;
  }

  /**
   * For each filter what stands in place of its first `+`, in the topics that it selects now and that the member may read:
   * each once, sorted, `limit` at most.
   */
  levels({ organizationId, scopes }: Member, filters: readonly string[], limit: number): Promise<string[][]> {
    return this.topics.levels(organizationId, { filters, branches: scopeBranches(scopes, 'uns:read'), limit });
  }

  private async locate(member: Member, asked: readonly string[]): Promise<Map<string, Located>> {
    const { organizationId, scopes } = member;
    const problems = new Map(asked.map((topic) => [topic, problemOf(member, topic)]));
    for (const filter of asked.filter(isFilter).slice(MOST_FILTERS)) problems.set(filter, TOO_MANY_FILTERS);
    const sound = asked.filter((topic) => problems.get(topic) === undefined);
    const filters = sound.filter(isFilter);
    const search = { filters, branches: scopeBranches(scopes, 'uns:read'), limit: MOST_TOPICS + 1 };
    const byFilter = await this.topics.byFilters(organizationId, search);
    const byPath = await this.topics.byPaths(
      organizationId,
      sound.filter((topic) => !isFilter(topic)),
    );
    const found = new Map(filters.map((filter, index) => [filter, byFilter[index]!]));
    const topicsOf = (topic: string): LocatedTopic[] => found.get(topic) ?? [byPath.get(topic) ?? []].flat();
    return new Map(asked.map((topic) => [topic, toLocated(topic, topicsOf(topic), problems.get(topic))]));
  }

  private async fill(organizationId: string, readings: readonly Reading[]): Promise<void> {
    const share = {
      limit: Math.min(MOST_POINTS, Math.floor(MOST_POINTS_OF_ALL / Math.max(1, readings.length))),
      bytes: Math.floor(MOST_BYTES_OF_ALL / Math.max(1, readings.length)),
    };
    const [ranges, lasts] = [false, true].map((last) =>
      readings.filter(({ request }) => (request.from === null) === last),
    );
    await this.fillRanges(organizationId, ranges!, share);
    await this.fillLast(organizationId, lasts!, share);
    await this.explainEmpty(organizationId, ranges!, share);
  }

  /** One that cannot be computed fails the statement that it is in: the others are found by halves. */
  private async fillRanges(organizationId: string, readings: readonly Reading[], share: Share): Promise<void> {
    if (readings.length === 0) return;
    try {
      const reads = readings.map((reading) => readOf(reading, share));
      const found = await this.storage.current.series(organizationId, reads);
      for (const [index, { series }] of readings.entries()) Object.assign(series, found[index]);
    } catch (error) {
      if (!isDataError(error)) throw error;
      if (readings.length === 1) {
        readings[0]!.series.problem = 'The aggregate of these values is out of range';
        return;
      }
      const half = Math.ceil(readings.length / 2);
      await this.fillRanges(organizationId, readings.slice(0, half), share);
      await this.fillRanges(organizationId, readings.slice(half), share);
    }
  }

  /** The last record of each topic; one that lacks the field gives no point. */
  private async fillLast(organizationId: string, readings: readonly Reading[], { bytes }: Share): Promise<void> {
    for (const [to, of] of Map.groupBy(readings, ({ request }) => request.to)) {
      const ids = [...new Set(of.map(({ topicId }) => topicId))];
      const last = await this.last.of(organizationId, ids, new Date(to - 1));
      for (const { request, topicId, series } of of) {
        const record = last.get(topicId);
        const value = record && fieldOf(record.value, request.field);
        if (value === undefined) continue;
        if (Buffer.byteLength(JSON.stringify(value)) > bytes) series.problem = 'The value is too large to be shown';
        else series.points = [[Date.parse(record!.timestamp), value]];
      }
    }
  }

  /** Objects have no number without a field, and whoever forgot it sees an empty chart. */
  private async explainEmpty(organizationId: string, readings: readonly Reading[], share: Share): Promise<void> {
    const empty = readings.filter(
      ({ request: { buckets, field }, series }) =>
        buckets && field === null && series.points.length === 0 && !series.problem,
    );
    const latest = empty.map((reading) => ({ ...readOf(reading, share), buckets: null, limit: 1 }));
    const found = await this.storage.current.series(organizationId, latest);
    for (const [index, { series }] of empty.entries()) {
      const [point] = found[index]!.points;
      if (typeof point?.[1] === 'object' && point[1] !== null) {
        series.problem = 'Field is required: the topic holds objects';
      }
    }
  }
}

const readOf = ({ request, topicId }: Reading, share: Share): SeriesRead => ({
  topicId,
  field: request.field,
  from: request.from!,
  to: request.to,
  buckets: request.buckets,
  ...share,
});

const TOO_MANY_FILTERS = `There are more than ${MOST_FILTERS} different filters`;

const isFilter = (topic: string): boolean => /[+#]/.test(topic);

/** What is wrong with a path or filter before anything is looked for. */
function problemOf({ scopes }: Member, topic: string): string | undefined {
  if (!isFilter(topic)) {
    return topicProblem(topic) ?? (hasScopeOn(scopes, 'uns:read', topic) ? undefined : 'You may not read this topic');
  }
  if (topic.length > MAX_TOPIC_LENGTH) return `Topic must be at most ${MAX_TOPIC_LENGTH} characters long`;
  return topic.startsWith(`${TOPIC_ROOT}/`) ? filterProblem(topic) : `Topic must start with ${TOPIC_ROOT}/`;
}

function toLocated(filter: string, topics: LocatedTopic[], problem: string | undefined): Located {
  if (problem !== undefined) return { topics: [], more: false, problem };
  if (topics.length === 0) {
    return { topics, more: false, problem: isFilter(filter) ? 'No topic that you may read fits' : 'Topic not found' };
  }
  return { topics: topics.slice(0, MOST_TOPICS), more: topics.length > MOST_TOPICS };
}

/** By request, with no more topics in all than there may be series. */
function bounded(located: Map<string, Located>, requests: readonly SeriesRequest[]): Located[] {
  let room = MOST_SERIES;
  return requests.map(({ topic }) => {
    const { topics, more, problem } = located.get(topic)!;
    const told = topics.slice(0, room);
    room -= told.length;
    return { topics: told, more: more || told.length < topics.length, ...(problem !== undefined && { problem }) };
  });
}

const refused = (topic: string, problem: string): Series => ({
  // What was put together of variables can be of any length.
  topic: topic.slice(0, MAX_TOPIC_LENGTH),
  points: [],
  truncated: false,
  problem,
});
