import { Injectable } from '@nestjs/common';
import { Database } from '#platform/database';
import { Dispatcher } from './dispatcher';
import type { Ticket } from './execution-queue';

/** Puts runs that were laid down back among those that are queued, ahead of what has not begun. */
@Injectable()
export class Wakeups {
  constructor(
    private readonly database: Database,
    private readonly dispatcher: Dispatcher,
  ) {}

  /** The time of the run has come. It does nothing for a run that was woken already. */
  async wake({ organizationId, id, fence }: Ticket): Promise<void> {
    await this.database.inOrganization(organizationId, (manager) =>
      manager.query(
        `UPDATE open_executions SET state = 'queued', priority = 0
         WHERE id = $1 AND fence = $2 AND state = 'parked' AND organization_id = $3`,
        [id, fence, organizationId],
      ),
    );
    this.dispatcher.soon([organizationId]);
  }
}
