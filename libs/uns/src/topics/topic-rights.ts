import { hasScopeOn, type Member, type Scope } from '#kernel';
import { insufficientScope } from '#platform/http';

/** @throws DomainError `insufficient_scope` when the member's branches do not include the topic. */
export function requireTopicRight({ scopes }: Member, scope: Scope, topic: string): void {
  if (!hasScopeOn(scopes, scope, topic)) throw insufficientScope(scope);
}
