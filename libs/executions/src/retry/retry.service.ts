import { Injectable } from '@nestjs/common';
import { conflict, DomainError, type Member } from '#kernel';
import { AuditTrail } from '#platform/audit';
import { Database } from '#platform/database';
import { PipelineDefinitions } from '#pipelines';
import { Dispatcher } from '../dispatch/dispatcher';
import type { ExecutionView } from '../dto/execution.dto';
import { ExecutionsRepository } from '../executions.repository';
import { ExecutionIntake } from '../intake/execution-intake';
import { startKey, type ExecutionStart } from '../intake/execution-start';
import { ExecutionStore } from '../intake/execution-store';
import { KEY_HOURS, requireStarted } from '../start/execute.service';
import type { RequestKey } from '../start/request-key';
import { requireRetryable, sameNodes } from './retry-rules';
import { RetrySources, type RetrySource } from './retry-sources';
import type { RetryInput } from './retry.dto';

/** Starts executions that have ended once more. */
@Injectable()
export class RetryService {
  constructor(
    private readonly database: Database,
    private readonly sources: RetrySources,
    private readonly definitions: PipelineDefinitions,
    private readonly intake: ExecutionIntake,
    private readonly store: ExecutionStore,
    private readonly dispatcher: Dispatcher,
    private readonly executions: ExecutionsRepository,
    private readonly audit: AuditTrail,
  ) {}

  /**
   * A new execution.
   * @throws DomainError `not_found`; `conflict` that says why it cannot be retried; `too_many_requests`.
   */
  async retry(member: Member, id: string, input: RetryInput, key?: RequestKey): Promise<ExecutionView> {
    const { organizationId } = member;
    const source = await this.sources.get(organizationId, id);
    const start = await this.startOf(member, source, input, key);
    await this.intake.requireRoom(organizationId);
    const executionId = await this.database.inOrganization(organizationId, async () => {
      const [started] = await this.store.insert([start]);
      const retryId = requireStarted(started!);
      await this.audit.record({
        action: 'execution.retry',
        organizationId,
        entity: { type: 'execution', id, name: source.pipelineName },
        details: { ...input, executionId: retryId },
      });
      return retryId;
    });
    this.dispatcher.soon([organizationId]);
    return this.executions.get(organizationId, executionId);
  }

  /** Everything of the new execution, decided. @throws DomainError `conflict` that says why it cannot be retried. */
  async startOf(
    { organizationId, userId }: Member,
    source: RetrySource,
    { from, version }: RetryInput,
    key?: RequestKey,
  ): Promise<ExecutionStart> {
    requireRetryable(source, from, Date.now());
    const pipelines = await this.pipelinesOf(organizationId, source);
    const pipeline = pipelines[version];
    if (!pipeline || (from === 'failed' && !pipelines.original)) {
      throw conflict('The version that ran is not kept any more: the current one can be run from its start');
    }
    const kept = from === 'failed' ? sameNodes(pipelines.original!.definition, pipeline.definition) : [];
    return {
      organizationId,
      pipeline: { id: source.pipelineId, version: pipeline.version, ...pipeline.definition },
      trigger: 'retry',
      triggerNodeId: source.triggerNodeId,
      input: source.input!.value,
      chainDepth: source.chainDepth,
      startedBy: userId,
      retry: {
        executionId: source.id,
        momentId: source.momentId,
        momentAt: source.momentAt,
        keepResultsOf: kept,
      },
      ...(key && {
        key: {
          text: startKey(`retry:${userId}:${source.id}`, key.key),
          fingerprint: key.fingerprint,
          hours: KEY_HOURS,
        },
      }),
    };
  }

  /** The pipeline of now, and as it ran where that is still kept. */
  private async pipelinesOf(organizationId: string, { pipelineId, pipelineVersion: version }: RetrySource) {
    const current = await unlessGone(this.definitions.current(organizationId, pipelineId));
    if (!current) throw conflict('The pipeline was deleted');
    const definition = await unlessGone(this.definitions.load(organizationId, pipelineId, version));
    return { current, original: definition && { version, definition } };
  }
}

async function unlessGone<T>(found: Promise<T>): Promise<T | undefined> {
  try {
    return await found;
  } catch (error) {
    if (error instanceof DomainError && error.kind === 'not_found') return undefined;
    throw error;
  }
}
