import { Injectable } from '@nestjs/common';
import { DomainError, readTime, type Member } from '#kernel';
import { AuditTrail } from '#platform/audit';
import { PipelineDefinitions } from '#pipelines';
import { ExecutionIntake } from '../intake/execution-intake';
import { requireStarted } from '../start/execute.service';
import type { RequestKey } from '../start/request-key';
import { RetryService } from './retry.service';
import { RetrySources } from './retry-sources';
import type { RefusedRetry, RetriesView, RetryManyInput } from './retry.dto';

/** Retries that are prepared at the same time: each holds its whole input. */
const LANES = 8;

/** Starts many executions that have ended once more, each of them once. */
@Injectable()
export class RetryManyService {
  constructor(
    private readonly sources: RetrySources,
    private readonly retries: RetryService,
    private readonly definitions: PipelineDefinitions,
    private readonly intake: ExecutionIntake,
    private readonly audit: AuditTrail,
  ) {}

  /** Those that cannot be retried are named with the reason. @throws DomainError `not_found` for the pipeline. */
  async retry(member: Member, input: RetryManyInput, key: RequestKey | undefined): Promise<RetriesView> {
    const { ids, pipelineId, status, from, to, limit } = input;
    if (pipelineId !== undefined) await this.definitions.currentOf(member.organizationId, pipelineId);
    const statuses = status ? [status] : (['failed', 'completed_with_errors'] as const);
    const filter = { ids, pipelineId, statuses, from: readTime('from', from), to: readTime('to', to) };
    const found = await this.sources.find(member.organizationId, filter, limit + 1);
    const wanted = found.slice(0, limit);
    const refused = await this.startAll(member, wanted, input, key);
    const started = wanted.length - refused.length;
    await this.audit.record({
      action: 'execution.retry-many',
      organizationId: member.organizationId,
      details: JSON.parse(JSON.stringify({ ...input, matched: wanted.length, started })) as Record<string, never>,
    });
    return { matched: wanted.length, started, refused, more: found.length > limit };
  }

  private async startAll(
    member: Member,
    ids: readonly string[],
    { retryFrom: from, version }: RetryManyInput,
    key: RequestKey | undefined,
  ): Promise<RefusedRetry[]> {
    const refused: RefusedRetry[] = [];
    const left = ids.values();
    const lane = async (): Promise<void> => {
      for (const id of left) {
        try {
          const source = await this.sources.get(member.organizationId, id);
          requireStarted(await this.intake.start(await this.retries.startOf(member, source, { from, version }, key)));
        } catch (error) {
          if (!(error instanceof DomainError)) throw error;
          refused.push({ id, reason: error.message });
        }
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return refused;
  }
}
