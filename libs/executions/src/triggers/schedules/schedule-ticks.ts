import { Injectable } from '@nestjs/common';
import { DomainError, type JsonValue } from '#kernel';
import { ExecutionIntake } from '../../intake/execution-intake';
import { startKey } from '../../intake/execution-start';
import { TriggerCounts } from '../trigger-counts';
import { TriggerStarts } from '../trigger-starts';
import { isSame, LATEST_MS, latestTick, readSchedule } from './schedule';
import type { ScheduleJob } from './schedule-queue';

/** Longer than a tick may be late: nobody comes with the same one again. */
const KEY_HOURS = 1;

/** Starts what is due, one run for each time, by however many workers it is told. */
@Injectable()
export class ScheduleTicks {
  constructor(
    private readonly starts: TriggerStarts,
    private readonly intake: ExecutionIntake,
    private readonly counts: TriggerCounts,
  ) {}

  /**
   * What was missed is not made up for: of all times that have come meanwhile the last one counts, and only for a minute.
   * @throws DomainError `unavailable`
   */
  async tick(job: ScheduleJob, dueAt: number, now = Date.now()): Promise<void> {
    const live = await this.starts.live(job);
    const schedule = live && readSchedule(live.parameters);
    // A job of the schedule before this one.
    if (!schedule || !isSame(schedule, job)) return;
    const tick = Math.max(dueAt, latestTick(schedule, now) ?? 0);
    if (now - tick > LATEST_MS || !(await this.starts.isActive(job.organizationId))) return;
    const { outputData = null } = live.parameters as { outputData?: JsonValue };
    const input = { ...fieldsOf(outputData), scheduledAt: new Date(tick).toISOString(), timezone: schedule.timezone };
    const key = { text: startKey(`schedule:${job.pipelineId}/${job.nodeId}`, String(tick)), hours: KEY_HOURS };
    try {
      const { kind } = await this.intake.start(live.start({ ...input, payload: outputData }, { key }));
      if (kind === 'started') this.counts.fired(job);
      if (kind === 'skipped') this.counts.dropped(job);
    } catch (error) {
      if (!(error instanceof DomainError) || error.kind !== 'too_many_requests') throw error;
      this.counts.dropped(job);
    }
  }
}

const fieldsOf = (value: JsonValue): Record<string, JsonValue> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
