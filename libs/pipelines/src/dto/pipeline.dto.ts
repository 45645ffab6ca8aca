import { ApiProperty } from '@nestjs/swagger';
import { Transform, Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsOptional,
  IsString,
  Matches,
  MaxLength,
  MinLength,
  ValidateNested,
} from 'class-validator';
import { IfGiven, IsFlag, IsName, ListQuery } from '#platform/http';
import { MOST_EDGES, MOST_NODES } from '../graph';
import type { PipelineProblem } from '../pipeline-checker';
import {
  EXECUTION_MODES,
  HISTORY_DETAILS,
  ON_ERROR,
  OVERLAPS,
  PRIORITIES,
  type PipelineSettings,
} from '../pipeline-definition';
import type { Pipeline } from '../pipeline.entity';
import type { ListedPipeline } from '../pipelines.repository';
import { EdgeInput, EdgeView, NodeInput, NodeView } from './node.dto';
import { PipelineSettingsInput, RetryRuleInput } from './pipeline-settings.dto';

const MOST_LABEL_FILTERS = 10;

export class PipelinesQuery extends ListQuery {
  /** Only those that are enabled, or that are not. */
  @IsFlag()
  enabled?: boolean;

  /** `key:value` that they are labelled with; several have to hold all. @example "environment:production" */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? [value] : value))
  @IsArray()
  @ArrayMaxSize(MOST_LABEL_FILTERS)
  @IsString({ each: true })
  @MaxLength(400, { each: true })
  @Matches(/^[^:]+:/, { each: true, message: '$property must be key:value' })
  @ApiProperty({ required: false, type: [String] })
  label?: string[];
}

export class PipelineName {
  /** Unique in the organization, whatever its case. @example "Line 1 to the historian" */
  @IsName(100)
  @MinLength(3)
  name!: string;
}

class PipelineContent extends PipelineSettingsInput {
  @IsOptional()
  @IsString()
  @MaxLength(500)
  description?: string | null;

  /** All of them. */
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(MOST_NODES)
  @ValidateNested({ each: true })
  @Type(() => NodeInput)
  nodes?: NodeInput[];

  /** All of them. */
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(MOST_EDGES)
  @ValidateNested({ each: true })
  @Type(() => EdgeInput)
  edges?: EdgeInput[];
}

/** A pipeline as it is to be, also when one is replaced: what is left out is the default. */
export class PipelineInput extends PipelineContent {
  /** Unique in the organization, whatever its case. @example "Line 1 to the historian" */
  @IsName(100)
  @MinLength(3)
  name!: string;
}

/** What of a pipeline is to be another; everything that is left out stays. */
export class PipelineChange extends PipelineContent {
  /** Unique in the organization, whatever its case. @example "Line 1 to the historian" */
  @IfGiven()
  @IsName(100)
  @MinLength(3)
  name?: string;
}

export class NameAvailability {
  available!: boolean;
}

/** A pipeline in a list, without nodes and edges. */
export class PipelineEntry {
  /** @example "0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d" */
  id!: string;

  name!: string;

  description!: string | null;

  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' } })
  labels!: Record<string, string>;

  enabled!: boolean;

  @ApiProperty({ enum: EXECUTION_MODES })
  executionMode!: PipelineSettings['executionMode'];

  @ApiProperty({ enum: PRIORITIES })
  priority!: PipelineSettings['priority'];

  @ApiProperty({ enum: HISTORY_DETAILS })
  historyDetail!: PipelineSettings['historyDetail'];

  @ApiProperty({ enum: OVERLAPS })
  overlap!: PipelineSettings['overlap'];

  timeoutSeconds!: number;

  @ApiProperty({ type: () => RetryRuleInput })
  retry!: PipelineSettings['retry'];

  @ApiProperty({ enum: ON_ERROR })
  onError!: PipelineSettings['onError'];

  maxConcurrent!: number | null;

  retentionDays!: number | null;

  /** Counts the changes; the ETag is made from it, and `versions/{n}` is what it was. */
  version!: number;

  createdAt!: Date;

  /** Id of the user. */
  createdBy!: string;

  updatedAt!: Date;

  /** Id of the user. */
  updatedBy!: string;
}

export class PipelineView extends PipelineEntry {
  @ApiProperty({ type: () => [NodeView] })
  nodes!: NodeView[];

  @ApiProperty({ type: () => [EdgeView] })
  edges!: EdgeView[];
}

export class PipelineProblemView implements PipelineProblem {
  /** The node it is about. */
  nodeId?: string;

  /** The edge it is about. */
  edgeId?: string;

  /** Place in the node's parameters. @example "conditions[0]" */
  parameter?: string;

  message!: string;
}

export class PipelineValidation {
  /** Whether it can be enabled. */
  valid!: boolean;

  /** All that is wrong with it, up to a thousand. */
  problems!: PipelineProblemView[];
}

export const toPipelineEntry = (pipeline: ListedPipeline): PipelineEntry => ({
  id: pipeline.id,
  name: pipeline.name,
  description: pipeline.description,
  labels: pipeline.labels,
  enabled: pipeline.enabled,
  ...pipeline.settings,
  version: pipeline.version,
  createdAt: pipeline.createdAt,
  createdBy: pipeline.createdBy,
  updatedAt: pipeline.updatedAt,
  updatedBy: pipeline.updatedBy,
});

export const toPipelineView = (pipeline: Pipeline): PipelineView => ({
  ...toPipelineEntry(pipeline),
  nodes: pipeline.nodes,
  edges: pipeline.edges,
});
