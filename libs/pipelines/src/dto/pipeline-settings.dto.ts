import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsBoolean, IsDefined, IsIn, IsInt, IsObject, IsOptional, Max, Min, ValidateNested } from 'class-validator';
import { IfGiven } from '#platform/http';
import {
  BACKOFFS,
  EXECUTION_MODES,
  HISTORY_DETAILS,
  ON_ERROR,
  OVERLAPS,
  PRIORITIES,
  type PipelineSettings,
  type RetryRule,
} from '../pipeline-definition';
import { AreLabels } from './validators';

export class RetryRuleInput implements RetryRule {
  /** Tries in all, the first one included, 1–20; 1 is no retry. @example 3 */
  @IsDefined()
  @IsInt()
  @Min(1)
  @Max(20)
  attempts!: number;

  /** Milliseconds before the second try, up to an hour. */
  @IsInt()
  @Min(0)
  @Max(3_600_000)
  delayMs: number = 1_000;

  /** `exponential` doubles the time for each further try. */
  @IsIn(BACKOFFS)
  @ApiProperty({ enum: BACKOFFS, default: 'fixed', required: false })
  backoff: RetryRule['backoff'] = 'fixed';
}

/** How a pipeline runs. */
export class PipelineSettingsInput implements Partial<PipelineSettings> {
  /** Keys and texts, to find pipelines by. @example {"environment": "production"} */
  @IfGiven()
  @AreLabels()
  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string' },
    example: { environment: 'production' },
  })
  labels?: Record<string, string>;

  /** Whether its triggers start runs. Only a pipeline without problems can be enabled. */
  @IfGiven()
  @IsBoolean()
  enabled?: boolean;

  /** `parallel` runs nodes at the same time that do not lead to one another. */
  @IfGiven()
  @IsIn(EXECUTION_MODES)
  @ApiProperty({ enum: EXECUTION_MODES, default: 'parallel', required: false })
  executionMode?: PipelineSettings['executionMode'];

  /** Which runs go first where there are more than can run. */
  @IfGiven()
  @IsIn(PRIORITIES)
  @ApiProperty({ enum: PRIORITIES, default: 'normal', required: false })
  priority?: PipelineSettings['priority'];

  /** What is written down of runs: `minimal` their status, `standard` results of nodes, `full` input and output. */
  @IfGiven()
  @IsIn(HISTORY_DETAILS)
  @ApiProperty({ enum: HISTORY_DETAILS, required: false })
  historyDetail?: PipelineSettings['historyDetail'];

  /** What happens to a start while it runs already: `restart` cancels the run that there is. */
  @IfGiven()
  @IsIn(OVERLAPS)
  @ApiProperty({ enum: OVERLAPS, default: 'parallel', required: false })
  overlap?: PipelineSettings['overlap'];

  /** Seconds that a run may take, 1–86400. */
  @IfGiven()
  @IsInt()
  @Min(1)
  @Max(86_400)
  timeoutSeconds?: number;

  /** For nodes that say nothing else. */
  @IfGiven()
  @IsObject()
  @ValidateNested()
  @Type(() => RetryRuleInput)
  retry?: RetryRuleInput;

  /** Whether a node that fails ends the run. */
  @IfGiven()
  @IsIn(ON_ERROR)
  @ApiProperty({ enum: ON_ERROR, default: 'stop', required: false })
  onError?: PipelineSettings['onError'];

  /** Runs at the same time, 1–1000; null for the organization's limit alone. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(1_000)
  @ApiProperty({ type: Number, nullable: true, required: false })
  maxConcurrent?: number | null;

  /** Days that its runs are kept, 1–3650; null for the organization's. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(3_650)
  @ApiProperty({ type: Number, nullable: true, required: false })
  retentionDays?: number | null;
}
