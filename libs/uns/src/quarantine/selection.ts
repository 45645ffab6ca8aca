import { filterPattern, filterProblem, invalid, topicProblem } from '#kernel';

/** Which values of an organization are meant: all where nothing is said. */
export interface Selection {
  /** A path, or a filter with wildcards. */
  topic?: string | undefined;
  ids?: readonly string[] | undefined;
  reason?: string | undefined;
  /** Filters of the branches that the caller is confined to. */
  branches?: readonly string[] | undefined;
}

const isFilter = (topic: string): boolean => /[+#]/.test(topic);

/** @throws DomainError `bad_request` for what is neither path nor filter. */
export function requireTopic(topic: string): void {
  const problem = isFilter(topic) ? filterProblem(topic) : topicProblem(topic);
  if (problem) throw invalid({ field: 'topic', message: problem });
}

/** @throws DomainError `bad_request` unless there is exactly one of topic and ids. */
export function requireOne({ topic, ids }: Pick<Selection, 'topic' | 'ids'>): void {
  if (topic === undefined && ids === undefined) {
    throw invalid({ field: 'topic', message: 'Topic or ids is required' });
  }
  if (topic !== undefined && ids !== undefined) {
    throw invalid({ field: 'ids', message: 'Ids cannot be given beside a topic' });
  }
  if (topic !== undefined) requireTopic(topic);
}

/** Conditions on `uns_quarantine q`, organization first ($1), with their parameters. Values of deleted topics are none. */
export function conditionsOf(
  organizationId: string,
  { topic, ids, reason, branches }: Selection,
): { where: string; parameters: unknown[] } {
  const parameters: unknown[] = [organizationId];
  const parameter = (value: unknown): string => `$${parameters.push(value)}`;
  const topics: string[] = [];
  if (topic !== undefined && isFilter(topic)) topics.push(`path ~ ${parameter(filterPattern(topic))}`);
  else if (topic !== undefined) topics.push(`path = ${parameter(topic)}`);
  if (branches) topics.push(`path ~ ANY (${parameter(branches.map(filterPattern))})`);
  const conditions = [
    'q.organization_id = $1',
    `q.topic_id IN (${['SELECT id FROM uns_topics WHERE organization_id = $1', ...topics].join(' AND ')})`,
  ];
  if (ids) conditions.push(`q.id = ANY (${parameter(ids)}::uuid[])`);
  if (reason !== undefined) conditions.push(`q.reason = ${parameter(reason)}`);
  return { where: conditions.join(' AND '), parameters };
}
