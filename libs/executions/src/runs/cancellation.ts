import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database';
import { Dispatcher } from '../dispatch/dispatcher';
import { ExecutionStore } from '../intake/execution-store';
import { cancelRuns } from './cancel-runs';

/** Ends executions on request: those that nobody works on at once, those under way through the worker that has them. */
@Injectable()
export class Cancellation {
  constructor(
    private readonly database: Database,
    private readonly executions: ExecutionStore,
    private readonly dispatcher: Dispatcher,
  ) {}

  /** With the runs that they called. Ids of those that were open. */
  async cancel(organizationId: string, ids: readonly string[]): Promise<string[]> {
    const open = await this.database.inOrganization(organizationId, async (manager) => {
      const cancelled = await cancelRuns(manager, organizationId, ids);
      await this.executions.follow(cancelled.ended);
      return cancelled.open;
    });
    // Those that called them are awake, and others have room.
    if (open.length > 0) this.dispatcher.soon([organizationId]);
    return open;
  }
}
