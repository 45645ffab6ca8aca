import type { ExecutionStatus } from '../execution';

/** Runs of which everything that a retry needs is kept. */
export const RETRY_WINDOW_KEEPS: ReadonlySet<ExecutionStatus> = new Set(['failed', 'completed_with_errors']);

/** How long, from the end of the run. */
export const RETRY_WINDOW_DAYS = 7;
