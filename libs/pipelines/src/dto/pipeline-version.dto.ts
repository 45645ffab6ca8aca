import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import type { JsonValue } from '#kernel';
import type { FieldDifference, PipelineChanges } from '../pipeline-changes';
import { CHANGE_TYPES, type ChangeType, type PipelineVersion } from '../pipeline-version.entity';
import { EdgeView } from './node.dto';
import type { PipelineDefinition } from '../pipeline-definition';

const LAST_VERSION = 999_999_999;

export class CompareQuery {
  /** Number of the earlier version. @example 1 */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(LAST_VERSION)
  from!: number;

  /** Number of the later version. @example 1 */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(LAST_VERSION)
  to!: number;
}

export class PipelineVersionEntry {
  /** @example 3 */
  version!: number;

  /** Whether the pipeline is like that now. */
  current!: boolean;

  @ApiProperty({ enum: CHANGE_TYPES })
  changeType!: ChangeType;

  /** What was changed. @example "2 nodes added, 1 changed, renamed" */
  summary!: string;

  createdAt!: Date;

  /** Id of the user. */
  createdBy!: string;
}

export class PipelineVersionView extends PipelineVersionEntry {
  /** Name, description, labels, settings, nodes and edges, as a pipeline has them. */
  @ApiProperty({ type: 'object', additionalProperties: true })
  definition!: PipelineDefinition;
}

export class FieldDifferenceView implements FieldDifference {
  /** @example "parameters.conditions[0]" */
  field!: string;

  /** Left out where there was none. */
  @ApiProperty({ type: Object, required: false })
  from?: JsonValue;

  /** Left out where there is none. */
  @ApiProperty({ type: Object, required: false })
  to?: JsonValue;
}

export class NodeReference {
  id!: string;

  name!: string;

  type!: string;
}

export class ChangedNode {
  id!: string;

  name!: string;

  @ApiProperty({ type: () => [FieldDifferenceView] })
  changes!: FieldDifference[];
}

export class ChangedEdge {
  id!: string;

  @ApiProperty({ type: () => [FieldDifferenceView] })
  changes!: FieldDifference[];
}

export class NodeChanges {
  @ApiProperty({ type: () => [NodeReference] })
  added!: NodeReference[];

  @ApiProperty({ type: () => [NodeReference] })
  removed!: NodeReference[];

  @ApiProperty({ type: () => [ChangedNode] })
  changed!: ChangedNode[];
}

export class EdgeChanges {
  @ApiProperty({ type: () => [EdgeView] })
  added!: EdgeView[];

  @ApiProperty({ type: () => [EdgeView] })
  removed!: EdgeView[];

  @ApiProperty({ type: () => [ChangedEdge] })
  changed!: ChangedEdge[];
}

export class PipelineComparison implements PipelineChanges {
  /** Everything beside nodes and edges. */
  @ApiProperty({ type: () => [FieldDifferenceView] })
  settings!: FieldDifference[];

  @ApiProperty({ type: () => NodeChanges })
  nodes!: NodeChanges;

  @ApiProperty({ type: () => EdgeChanges })
  edges!: EdgeChanges;
}

export const toVersionEntry = (
  version: Omit<PipelineVersion, 'definition'>,
  current: number,
): PipelineVersionEntry => ({
  version: version.version,
  current: version.version === current,
  changeType: version.changeType,
  summary: version.summary,
  createdAt: version.createdAt,
  createdBy: version.createdBy,
});

export const toVersionView = (version: PipelineVersion, current: number): PipelineVersionView => ({
  ...toVersionEntry(version, current),
  definition: version.definition,
});
