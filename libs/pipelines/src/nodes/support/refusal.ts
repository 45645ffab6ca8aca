import { DomainError } from '#kernel';
import { isOutage } from '#platform/database';
import { NodeError } from '../../node-types';

/** A refusal of another part as the node's own error; what is none of them goes on as it is. */
export function refusedAs(error: unknown): unknown {
  if (error instanceof DomainError) return new NodeError(error.message, undefined, error.kind === 'unavailable');
  return isOutage(error) ? new NodeError('The database does not answer') : error;
}
