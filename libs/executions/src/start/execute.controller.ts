import { Body, Controller, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Member } from '#kernel';
import { AnswersAccepted, BodyLimit, Caller, Idempotent, Scopes, type Finished } from '#platform/http';
import { FinishedExecution, StartedExecution } from '../dto/execution.dto';
import { ExecuteInput, ExecuteQuery } from './execute.dto';
import { ExecuteService } from './execute.service';
import { IdempotencyKey, type RequestKey } from './request-key';

/** Of one payload. */
const LARGEST_PAYLOAD = 10 * 1024 * 1024;

@ApiTags('Pipelines')
@Controller('engine/pipelines')
export class ExecuteController {
  constructor(private readonly service: ExecuteService) {}

  /** Runs a pipeline. The answer comes when the execution is stored, or, with `wait`, when it has ended. */
  @Post(':id/execute')
  @Scopes('pipelines:execute')
  @BodyLimit(LARGEST_PAYLOAD)
  @Idempotent('handler')
  @AnswersAccepted(StartedExecution, FinishedExecution)
  execute(
    @Caller() member: Member,
    @Param('id') id: string,
    @Query() query: ExecuteQuery,
    @Body() input: ExecuteInput,
    @IdempotencyKey() key: RequestKey | undefined,
  ): Promise<StartedExecution | Finished<FinishedExecution>> {
    return this.service.execute(member, id, query, input, key);
  }
}
