import { conflict } from '#kernel';
import type { PipelineDefinition } from '#pipelines';
import { RETRY_WINDOW_DAYS, RETRY_WINDOW_KEEPS } from '../runs/retry-window';
import type { RetryFrom } from './retry.dto';
import type { RetrySource } from './retry-sources';

const DAY_MS = 86_400_000;

type Ended = Pick<RetrySource, 'status' | 'finishedAt'> & { input: unknown };

/** @throws DomainError `conflict` that says why it cannot be retried. */
export function requireRetryable({ status, finishedAt, input }: Ended, from: RetryFrom, now: number): void {
  if (status === 'queued' || !finishedAt) throw conflict('The execution has not ended');
  if (from === 'failed') {
    if (!RETRY_WINDOW_KEEPS.has(status)) {
      throw conflict(
        `The execution ${wordFor(status)}: there is nothing to go on from, it can be retried from its start`,
      );
    }
    if (finishedAt.getTime() < now - RETRY_WINDOW_DAYS * DAY_MS) {
      throw conflict(
        `What its nodes have done is kept for ${RETRY_WINDOW_DAYS} days: the execution can be retried from its start alone`,
      );
    }
  }
  if (input === undefined) throw conflict('What started the execution is not kept any more');
}

const wordFor = (status: string): string => (status === 'cancelled' ? 'was cancelled' : 'was completed');

type Nodes = Pick<PipelineDefinition, 'nodes'>;

/** Nodes of which a retry may take over what they have done: those that are still what they were. */
export function sameNodes(original: Nodes, retried: Nodes): string[] {
  const types = new Map(retried.nodes.map(({ id, type }) => [id, type]));
  return original.nodes.filter(({ id, type }) => types.get(id) === type).map(({ id }) => id);
}
