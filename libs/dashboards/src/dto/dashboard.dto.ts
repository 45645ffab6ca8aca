import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsInt,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { IfGiven, IsName, ListQuery } from '#platform/http';
import {
  MOST_PANELS,
  MOST_VALUES,
  MOST_VARIABLES,
  type Panel,
  type TimeRange,
  type Variable,
} from '../dashboard-content';
import type { Dashboard } from '../dashboard.entity';
import type { ListedDashboard } from '../dashboards.repository';
import { VARIABLE_NAME } from '../variables';
import { PanelInput, PanelView } from './panel.dto';
import { IsPlace } from './validators';

const LONGEST_REFRESH = 86_400;

export class DashboardsQuery extends ListQuery {
  /** Id of the folder that they lie in, not deeper; `root` for those in none. @example "root" */
  @IsOptional()
  @IsPlace()
  folderId?: string;
}

export class TimeRangeInput implements TimeRange {
  /** Begin, inclusive: `now`, `now-1h` (s, m, h, d), or RFC 3339. @example "now-1h" */
  @IsString()
  @IsNotEmpty()
  @MaxLength(50)
  from!: string;

  /** End, exclusive. @example "now" */
  @IsString()
  @IsNotEmpty()
  @MaxLength(50)
  to!: string;
}

/** One level of topics that whoever looks may choose. */
export class VariableInput {
  /** As `${line}` in topics and titles: a letter, then letters, digits and _. @example "line" */
  @IsString()
  @Matches(VARIABLE_NAME, { message: '$property must be a letter, then up to 49 letters, digits or _' })
  name!: string;

  /** For people. @example "Line" */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  label?: string | null;

  /** The values to choose from, each a level of topics. In place of `topics`. @example ["line-1", "line-2"] */
  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_VALUES)
  @ArrayUnique()
  @IsString({ each: true })
  values?: string[] | null;

  /** MQTT filter with one `+`: the values are what stands there in topics of now. @example "mHv1.0/factory/+/temperature" */
  @IsOptional()
  @IsString()
  @MaxLength(1_024)
  topics?: string | null;

  /** Without it, the first of the values. @example "line-1" */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  default?: string | null;
}

class DashboardBody {
  @IsOptional()
  @IsString()
  @MaxLength(500)
  description?: string | null;

  /** Where it lies; null for no folder. */
  @IsOptional()
  @IsUUID()
  @ApiProperty({ required: false, nullable: true, type: String, format: 'uuid' })
  folderId?: string | null;

  /** What is shown unless somebody chooses another time. Without it: the last hour. */
  @IfGiven()
  @IsObject()
  @ValidateNested()
  @Type(() => TimeRangeInput)
  @ApiProperty({ required: false, type: () => TimeRangeInput })
  timeRange?: TimeRangeInput;

  /** Seconds after which it is read again, up to a day. 0: it follows the stream alone. */
  @IfGiven()
  @IsInt()
  @Min(0)
  @Max(LONGEST_REFRESH)
  @ApiProperty({ required: false, minimum: 0, maximum: LONGEST_REFRESH, default: 0 })
  refreshSeconds?: number;

  /** All of them. */
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(MOST_VARIABLES)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => VariableInput)
  @ApiProperty({ required: false, type: () => [VariableInput], maxItems: MOST_VARIABLES })
  variables?: VariableInput[];

  /** All of them. */
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(MOST_PANELS)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => PanelInput)
  @ApiProperty({ required: false, type: () => [PanelInput], maxItems: MOST_PANELS })
  panels?: PanelInput[];
}

/** A dashboard as it is to be, also when one is replaced: what is left out is the default. */
export class DashboardInput extends DashboardBody {
  /** Unique in its folder, whatever its case. @example "Line 1" */
  @IsName(100)
  name!: string;
}

/** What of a dashboard is to be another; everything that is left out stays. */
export class DashboardChange extends DashboardBody {
  /** Unique in its folder, whatever its case. @example "Line 1" */
  @IfGiven()
  @IsName(100)
  name?: string;
}

export class DashboardClone {
  /** Name of the new dashboard. @example "Line 2" */
  @IsName(100)
  name!: string;

  /** Where the new one lies; null for no folder. Without it: beside the original. */
  @IsOptional()
  @IsUUID()
  @ApiProperty({ required: false, nullable: true, type: String, format: 'uuid' })
  folderId?: string | null;
}

export class VariableView implements Variable {
  /** @example "line" */
  name!: string;

  label!: string | null;

  @ApiProperty({ type: [String], nullable: true })
  values!: string[] | null;

  topics!: string | null;

  default!: string | null;
}

/** A dashboard in a list, without variables and panels. */
export class DashboardEntry {
  /** @example "0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d" */
  id!: string;

  name!: string;

  description!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  folderId!: string | null;

  @ApiProperty({ type: () => TimeRangeInput })
  timeRange!: TimeRange;

  refreshSeconds!: number;

  /** Counts the changes; the ETag is made from it. */
  version!: number;

  createdAt!: Date;

  /** Id of the user. */
  createdBy!: string;

  updatedAt!: Date;

  /** Id of the user. */
  updatedBy!: string;
}

export class DashboardView extends DashboardEntry {
  @ApiProperty({ type: () => [VariableView] })
  variables!: Variable[];

  @ApiProperty({ type: () => [PanelView] })
  panels!: Panel[];
}

export const toDashboardEntry = (dashboard: ListedDashboard): DashboardEntry => ({
  id: dashboard.id,
  name: dashboard.name,
  description: dashboard.description,
  folderId: dashboard.folderId,
  timeRange: dashboard.timeRange,
  refreshSeconds: dashboard.refreshSeconds,
  version: dashboard.version,
  createdAt: dashboard.createdAt,
  createdBy: dashboard.createdBy,
  updatedAt: dashboard.updatedAt,
  updatedBy: dashboard.updatedBy,
});

export const toDashboardView = (dashboard: Dashboard): DashboardView => ({
  ...toDashboardEntry(dashboard),
  variables: dashboard.variables,
  panels: dashboard.panels,
});
