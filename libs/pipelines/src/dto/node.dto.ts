import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { IfGiven, IsName } from '#platform/http';
import type { PipelineEdge } from '../graph';
import type { JsonObject } from '../node-types';
import { ON_ERROR, type DefinedNode, type NodeSettings } from '../pipeline-definition';
import { RetryRuleInput } from './pipeline-settings.dto';

const ID = /^[A-Za-z0-9_-]{1,64}$/;
const ID_RULE = '$property must be 1–64 letters, digits, "_" or "-"';
const FARTHEST = 1_000_000;

export class NodeSettingsInput implements NodeSettings {
  /** For people. */
  @IfGiven()
  @IsString()
  @MaxLength(2_000)
  notes?: string;

  /** Seconds of one try, 1–600. */
  @IfGiven()
  @IsInt()
  @Min(1)
  @Max(600)
  timeoutSeconds?: number;

  /** Without it, the pipeline's. */
  @IfGiven()
  @IsObject()
  @ValidateNested()
  @Type(() => RetryRuleInput)
  retryOnFail?: RetryRuleInput;

  /** Whether running out of time is tried again, too. */
  @IfGiven()
  @IsBoolean()
  retryOnTimeout?: boolean;

  /** Without it, the pipeline's. */
  @IfGiven()
  @IsIn(ON_ERROR)
  @ApiProperty({ enum: ON_ERROR, required: false })
  onError?: NodeSettings['onError'];
}

export class NodePosition {
  @IsDefined()
  @IsNumber()
  @Min(-FARTHEST)
  @Max(FARTHEST)
  x!: number;

  @IsDefined()
  @IsNumber()
  @Min(-FARTHEST)
  @Max(FARTHEST)
  y!: number;
}

class NodeContent {
  /** What its type's schema describes; texts may hold expressions. They are replaced as a whole. */
  @IfGiven()
  @IsObject()
  @ApiPropertyOptional({ type: 'object', additionalProperties: true })
  parameters?: JsonObject;

  /** What it decides for itself; what is left out is the pipeline's. They are replaced as a whole. */
  @IfGiven()
  @IsObject()
  @ValidateNested()
  @Type(() => NodeSettingsInput)
  settings?: NodeSettingsInput;

  /** Where it is drawn. */
  @IfGiven()
  @IsObject()
  @ValidateNested()
  @Type(() => NodePosition)
  position?: NodePosition;

  /** It is left out: what comes in goes out unchanged. A disabled trigger starts nothing. */
  @IfGiven()
  @IsBoolean()
  disabled?: boolean;
}

/** What of a node is to be another; everything that is left out stays. */
export class NodeChange extends NodeContent {
  /** Unique in the pipeline. Expressions that name the node are rewritten. @example "Read line" */
  @IfGiven()
  @IsName(100)
  name?: string;
}

export class NodeInput extends NodeContent {
  /** Unique in the pipeline; made where it is left out. @example "read" */
  @IfGiven()
  @IsString()
  @Matches(ID, { message: ID_RULE })
  id?: string;

  /** Unique in the pipeline: expressions know it by `$node["Read line"]`. @example "Read line" */
  @IsName(100)
  name!: string;

  /** One of `GET /engine/nodes`. @example "transform.set" */
  @IsString()
  @MaxLength(100)
  type!: string;
}

export class NodeName {
  /** Unique in the pipeline. @example "Read line" */
  @IsName(100)
  name!: string;
}

export class EdgeInput {
  /** Unique in the pipeline; made where it is left out. @example "read-check" */
  @IfGiven()
  @IsString()
  @Matches(ID, { message: ID_RULE })
  id?: string;

  /** Id of the node it leads from. @example "read" */
  @IsString()
  @MaxLength(64)
  source!: string;

  @IfGiven()
  @IsString()
  @MaxLength(100)
  @ApiProperty({ required: false, default: 'out' })
  sourcePort?: string;

  /** Id of the node it leads to. @example "check" */
  @IsString()
  @MaxLength(64)
  target!: string;

  @IfGiven()
  @IsString()
  @MaxLength(100)
  @ApiProperty({ required: false, default: 'in' })
  targetPort?: string;
}

export class NodeView {
  id!: string;

  name!: string;

  /** @example "transform.set" */
  type!: string;

  /** Secrets are read as `********`; sent back, that keeps them. */
  @ApiProperty({ type: 'object', additionalProperties: true })
  parameters!: JsonObject;

  @ApiProperty({ type: () => NodeSettingsInput })
  settings!: NodeSettings;

  @ApiProperty({ type: () => NodePosition })
  position!: DefinedNode['position'];

  disabled!: boolean;
}

/** A node by itself. */
export class SingleNodeView extends NodeView {
  /** Of the pipeline; the ETag is made from it. */
  version!: number;
}

export class EdgeView implements PipelineEdge {
  id!: string;

  source!: string;

  sourcePort!: string;

  target!: string;

  targetPort!: string;
}

/** An edge by itself. */
export class SingleEdgeView extends EdgeView {
  /** Of the pipeline; the ETag is made from it. */
  version!: number;
}
