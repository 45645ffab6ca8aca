import { topicProblem, type FieldProblem, type JsonValue } from '#kernel';
import { readRecords, type RecordInput } from '#uns';
import { fullTopic, type NodeCall } from '../../node-types';
import { fieldAt } from '../support/field-path';
import { isObject } from '../support/inputs';

export const MOST_RECORDS = 10_000;

/** What is wrong with a topic as it stands in a pipeline; nothing where it is computed. */
export function topicProblems(topic: JsonValue | undefined): FieldProblem[] {
  if (typeof topic !== 'string' || topic.includes('{{') || topic.startsWith('$')) return [];
  const problem = topic === '' ? 'Topic is required' : topicProblem(fullTopic(topic));
  return problem === undefined ? [] : [{ field: 'topic', message: problem }];
}

type Context = Pick<NodeCall, 'pipelineId' | 'scope' | 'moment'>;

/**
 * Records to publish, with what every attempt has to say in the same way: their time, and the pipeline as their source.
 * @throws DomainError `bad_request` for the first bad one.
 */
export function recordsOf(records: JsonValue | undefined, { pipelineId, scope, moment }: Context): RecordInput[] {
  const named = Array.isArray(records) ? records.map(withFullTopic) : records;
  const name = fieldAt(scope.$pipeline, 'name');
  const source = `pipeline:${typeof name === 'string' ? name : pipelineId}`;
  return readRecords({ records: named }, MOST_RECORDS).map((record) => ({
    ...record,
    source: record.source ?? source,
    timestamp: record.timestamp ?? moment.now,
  }));
}

const withFullTopic = (record: JsonValue): JsonValue =>
  isObject(record) && typeof record.topic === 'string' && record.topic !== ''
    ? { ...record, topic: fullTopic(record.topic) }
    : record;
