import { createHash } from 'node:crypto';
import type { JobSchedulerTemplateOptions } from 'bullmq';
import type { TriggerPlace } from '../trigger-starts';
import { nextTick, type Schedule } from './schedule';

export const SCHEDULE_QUEUE = 'schedules';

/** What a job of the queue says: whose time has come, and by which schedule. */
export type ScheduleJob = TriggerPlace & Schedule;

/** For the queue and its workers: both compute when a schedule comes next. */
export const SCHEDULE_SETTINGS = {
  repeatStrategy: (after: number, { pattern = '', tz = 'UTC' }: { pattern?: string; tz?: string }) =>
    nextTick({ pattern, timezone: tz }, after),
};

/** A database that is away comes back within some seconds, or too late for the tick. */
export const TICK_OPTIONS: JobSchedulerTemplateOptions = {
  attempts: 8,
  backoff: { type: 'fixed', delay: 5_000 },
  removeOnComplete: true,
  removeOnFail: true,
};

/** Names of nodes may hold anything, also what the queue makes its own names of. */
export const schedulerId = ({ pipelineId, nodeId }: TriggerPlace): string =>
  `${pipelineId}.${createHash('sha256').update(nodeId).digest('base64url').slice(0, 22)}`;

/** When a job was due: the last part of its id, which the queue makes. */
export const dueTimeOf = (jobId: string): number => Number(jobId.slice(jobId.lastIndexOf(':') + 1));
