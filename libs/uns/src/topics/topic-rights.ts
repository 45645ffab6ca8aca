import { hasScopeOn, invalid, topicProblem, type Member, type Scope } from '#kernel';
import { insufficientScope } from '#platform/http';
import { branchOf } from './topic-places';

/** @throws DomainError `insufficient_scope` when the member's branches do not include the topic. */
export function requireTopicRight({ scopes }: Member, scope: Scope, topic: string): void {
  if (!hasScopeOn(scopes, scope, topic)) throw insufficientScope(scope);
}

/** The same for a topic with all below it. */
export const requireBranchRight = (member: Member, scope: Scope, topic: string): void =>
  requireTopicRight(member, scope, branchOf(topic));

/** @throws DomainError `bad_request` for a path that is none. */
export function requirePath(path: string, field = 'topic'): void {
  const problem = path ? topicProblem(path) : 'Topic is required';
  if (problem) throw invalid({ field, message: problem });
}
