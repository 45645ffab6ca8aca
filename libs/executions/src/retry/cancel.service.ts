import { Injectable } from '@nestjs/common';
import { conflict, type Member } from '#kernel';
import { AuditTrail } from '#platform/audit';
import { Database } from '#platform/database';
import type { ExecutionView } from '../dto/execution.dto';
import { ExecutionsRepository } from '../executions.repository';
import { Cancellation } from '../runs/cancellation';
import { Dispatcher } from '../dispatch/dispatcher';

/** Ends executions on request. */
@Injectable()
export class CancelService {
  constructor(
    private readonly database: Database,
    private readonly executions: ExecutionsRepository,
    private readonly cancellation: Cancellation,
    private readonly dispatcher: Dispatcher,
    private readonly audit: AuditTrail,
  ) {}

  /** With the runs that it called. @throws DomainError `not_found`; `conflict` when it has ended. */
  async cancel({ organizationId }: Member, id: string): Promise<ExecutionView> {
    const { pipelineName } = await this.executions.get(organizationId, id);
    await this.database.inOrganization(organizationId, async () => {
      const open = await this.cancellation.cancel(organizationId, [id]);
      if (open.length === 0) throw conflict('The execution has ended');
      await this.audit.record({
        action: 'execution.cancel',
        organizationId,
        entity: { type: 'execution', id, name: pipelineName },
      });
    });
    // What waits for its place may begin.
    this.dispatcher.soon([organizationId]);
    return this.executions.get(organizationId, id);
  }
}
