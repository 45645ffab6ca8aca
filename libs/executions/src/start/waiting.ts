import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { ExecutionView } from '../dto/execution.dto';
import { ExecutionsRepository } from '../executions.repository';
import { Signals, type SignalKind } from '#platform/signals';

/** A signal may be lost with its connection: so often one looks without. */
const LOOK_MS = 2_000;

/** Waits for what happens to executions, without asking all the time. */
@Injectable()
export class Waiting {
  constructor(
    private readonly executions: ExecutionsRepository,
    private readonly signals: Signals,
  ) {}

  /** The execution as it is when it has ended, or when the time is over. */
  async untilEnded(organizationId: string, id: string, milliseconds: number): Promise<ExecutionView> {
    return this.until(['execution.ended'], organizationId, id, milliseconds, ({ finishedAt }) => finishedAt !== null);
  }

  /** Until the condition holds or the time is over; looks with every signal of those kinds. */
  async until(
    kinds: readonly SignalKind[],
    organizationId: string,
    id: string,
    milliseconds: number,
    holds: (execution: ExecutionView) => boolean | Promise<boolean>,
  ): Promise<ExecutionView> {
    const deadline = Date.now() + milliseconds;
    for (;;) {
      // Listening first: what happens while one looks is heard.
      const heard = kinds.map((kind) => this.signals.once(kind, id));
      const timer = new AbortController();
      try {
        const execution = await this.executions.get(organizationId, id);
        const left = deadline - Date.now();
        if (left <= 0 || (await holds(execution))) return execution;
        const later = delay(Math.min(left, LOOK_MS), undefined, { signal: timer.signal }).catch(() => undefined);
        await Promise.race([...heard.map(({ seen }) => seen), later]);
      } finally {
        for (const { forget } of heard) forget();
        timer.abort();
      }
    }
  }
}
