import type { JsonObject } from '#pipelines';

export const STATUSES = ['queued', 'running', 'completed', 'failed', 'completed_with_errors', 'cancelled'] as const;
export type ExecutionStatus = (typeof STATUSES)[number];

/** Once it is one of these it never changes. */
export type FinalStatus = Exclude<ExecutionStatus, 'queued' | 'running'>;

export const TRIGGERS = ['manual', 'schedule', 'webhook', 'uns', 'connection', 'event', 'pipeline', 'retry'] as const;
/** What started an execution. */
export type TriggerKind = (typeof TRIGGERS)[number];

/** As it is stored and sorted; what was begun and goes on comes before all of them. */
export const PRIORITY_RANK = { high: 1, normal: 2, low: 3 } as const;
export const RESUMED_RANK = 0;

/** Why a run or one of its nodes failed, for the people who built the pipeline. */
export interface RunError {
  message: string;
  nodeId?: string;
  nodeName?: string;
  iteration?: string;
  details?: JsonObject;
}

/** Pipelines that start each other by their events: longer chains end. */
export const MOST_CHAINED = 3;
