import { Injectable } from '@nestjs/common';
import { conflict, type Member } from '#kernel';
import { Finished } from '#platform/http';
import { PipelineDefinitions } from '#pipelines';
import type { FinishedExecution, StartedExecution } from '../dto/execution.dto';
import { ExecutionsRepository } from '../executions.repository';
import { startKey, type Started } from '../intake/execution-start';
import { ExecutionIntake } from '../intake/execution-intake';
import type { ExecuteInput, ExecuteQuery } from './execute.dto';
import type { RequestKey } from './request-key';
import { Waiting } from './waiting';

/** Hours that a key is remembered (contract, section 1). */
export const KEY_HOURS = 24;

/** Starts pipelines by hand. */
@Injectable()
export class ExecuteService {
  constructor(
    private readonly definitions: PipelineDefinitions,
    private readonly intake: ExecutionIntake,
    private readonly executions: ExecutionsRepository,
    private readonly waiting: Waiting,
  ) {}

  /**
   * Also of a pipeline that is disabled: that stops its triggers, not its builders.
   * @throws DomainError `not_found`; `conflict` when the pipeline runs and its overlap rule is `skip`, or the key was
   * used for another request; `too_many_requests`.
   */
  async execute(
    { organizationId, userId }: Member,
    pipelineId: string,
    { wait }: ExecuteQuery,
    { payload }: ExecuteInput,
    key: RequestKey | undefined,
  ): Promise<StartedExecution | Finished<FinishedExecution>> {
    const { version } = await this.definitions.currentOf(organizationId, pipelineId);
    const definition = await this.definitions.load(organizationId, pipelineId, version);
    const started = await this.intake.start({
      organizationId,
      pipeline: { id: pipelineId, version, ...definition },
      trigger: 'manual',
      triggerNodeId: null,
      input: { payload: payload ?? manualOutput(definition.nodes) },
      startedBy: userId,
      awaited: wait !== undefined,
      ...(key && {
        key: { text: startKey(`execute:${userId}`, key.key), fingerprint: key.fingerprint, hours: KEY_HOURS },
      }),
    });
    const executionId = requireStarted(started);
    if (wait === undefined) return { executionId };
    const execution = await this.waiting.untilEnded(organizationId, executionId, wait * 1_000);
    if (execution.finishedAt === null) return { executionId };
    return new Finished({ ...execution, output: await this.executions.output(organizationId, executionId) });
  }
}

/** @throws DomainError `conflict` */
export function requireStarted(started: Started): string {
  if (started.kind === 'skipped') throw conflict('The pipeline runs already');
  if (started.kind === 'mismatch') throw conflict('Idempotency-Key was used for another request');
  return started.executionId;
}

/** What the manual trigger gives where the caller gives nothing. */
function manualOutput(nodes: readonly { type: string; parameters: { [name: string]: unknown } }[]) {
  const manual = nodes.find(({ type }) => type === 'trigger.manual');
  return (manual?.parameters['outputData'] ?? null) as never;
}
