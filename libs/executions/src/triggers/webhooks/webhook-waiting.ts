import { Injectable } from '@nestjs/common';
import { Lifecycle } from '#platform/lifecycle';
import { ExecutionsRepository } from '../../executions.repository';
import type { WebhookResponse } from '../../runs/run-ends';
import { Waiting } from '../../start/waiting';
import type { Respond } from './webhook';
import { finished, stored, type WebhookAnswer } from './webhook-answer';

/** Most proxies give up after a minute. */
const LONGEST_WAIT_MS = 55_000;
/** Callers of this process that wait: each looks now and then. More are answered with the id of their run at once. */
const MOST_WAITING = 1_000;

/** Answers callers by what becomes of the runs that they have started. */
@Injectable()
export class WebhookWaiting {
  private waiters = 0;

  constructor(
    private readonly waiting: Waiting,
    private readonly executions: ExecutionsRepository,
    private readonly lifecycle: Lifecycle,
  ) {}

  /**
   * The response that the run's `flow.respond` gives, or what comes of its end; 202 with the run's id where neither comes
   * in time, too many wait, or this process ends.
   */
  async answer(
    organizationId: string,
    executionId: string,
    respond: Respond,
    isGone: () => boolean,
  ): Promise<WebhookAnswer> {
    if (this.waiters >= MOST_WAITING) return stored(executionId);
    this.waiters++;
    try {
      return await this.wait(organizationId, executionId, respond, isGone);
    } finally {
      this.waiters--;
    }
  }

  private async wait(
    organizationId: string,
    executionId: string,
    respond: Respond,
    isGone: () => boolean,
  ): Promise<WebhookAnswer> {
    let given = null as WebhookResponse | null;
    const execution = await this.waiting.until(
      respond === 'node' ? ['execution.respond', 'execution.ended'] : ['execution.ended'],
      organizationId,
      executionId,
      LONGEST_WAIT_MS,
      async ({ finishedAt }) => {
        if (respond === 'node') given = await this.executions.response(organizationId, executionId);
        return given !== null || finishedAt !== null || isGone() || this.lifecycle.stopping;
      },
    );
    if (given) return given;
    if (execution.finishedAt === null) return stored(executionId);
    return finished(execution, await this.executions.output(organizationId, executionId));
  }
}
