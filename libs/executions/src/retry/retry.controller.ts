import { Body, Controller, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Member } from '#kernel';
import { Answers, AnswersAccepted, AnswersCreated, Caller, Idempotent, Scopes } from '#platform/http';
import { ExecutionView } from '../dto/execution.dto';
import { IdempotencyKey, type RequestKey } from '../start/request-key';
import { CancelService } from './cancel.service';
import { RetriesView, RetryInput, RetryManyInput } from './retry.dto';
import { RetryManyService } from './retry-many.service';
import { RetryService } from './retry.service';

/*
 * A key of the request is kept with the execution that it starts, too: also where the process dies between that and its
 * answer, the same key starts no second one.
 */
@ApiTags('Executions')
@Controller('engine/executions')
export class RetryController {
  constructor(
    private readonly cancellations: CancelService,
    private readonly retries: RetryService,
    private readonly many: RetryManyService,
  ) {}

  /**
   * Retries up to 1,000 executions, the oldest first; those that cannot be retried are named with the reason. Each is
   * retried at most once by one call. One that was retried before is retried again: name the time, or the ids.
   */
  @Post('retry')
  @Scopes('pipelines:execute')
  @Idempotent()
  @AnswersAccepted(RetriesView)
  retryMany(
    @Caller() member: Member,
    @Body() input: RetryManyInput,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<RetriesView> {
    return this.many.retry(member, input, key);
  }

  /**
   * Runs an execution that has ended once more, as a new one with `retryOf`. From `failed`: what its nodes have done
   * outside is not done again, what only computes is computed again from the same time; for 7 days after the end of a run
   * that failed. From `start`: also of runs that were completed or cancelled, where what started them is still kept.
   */
  @Post(':id/retry')
  @Scopes('pipelines:execute')
  @Idempotent()
  @AnswersCreated(ExecutionView, 'engine/executions')
  retry(
    @Caller() member: Member,
    @Param('id') id: string,
    @Body() input: RetryInput,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<ExecutionView> {
    return this.retries.retry(member, id, input, key);
  }

  /**
   * Ends an execution, and those that it has called and waits for. One that nobody works on has ended with the answer; one
   * under way ends within a moment: its nodes are interrupted, and what they have done outside stays done.
   */
  @Post(':id/cancel')
  @Scopes('pipelines:execute')
  @Idempotent()
  @Answers(ExecutionView)
  cancel(@Caller() member: Member, @Param('id') id: string): Promise<ExecutionView> {
    return this.cancellations.cancel(member, id);
  }
}
