import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsDefined,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { IfGiven } from '#platform/http';
import { AGGREGATES, type Aggregate } from '#uns';
import {
  GRID_COLUMNS,
  LOWEST_ROW,
  MOST_QUERIES,
  PANEL_TYPES,
  type Panel,
  type PanelOptions,
  type PanelPosition,
  type PanelQuery,
  type PanelType,
} from '../dashboard-content';

const LONGEST_TOPIC = 2_000;
const ID = /^[A-Za-z0-9_-]{1,64}$/;

export class PanelPositionInput implements PanelPosition {
  /** First column, 0–23. @example 0 */
  @IsDefined()
  @IsInt()
  @Min(0)
  @Max(GRID_COLUMNS - 1)
  x!: number;

  /** First row. @example 0 */
  @IsDefined()
  @IsInt()
  @Min(0)
  @Max(LOWEST_ROW)
  y!: number;

  /** Columns, 1–24. @example 12 */
  @IsDefined()
  @IsInt()
  @Min(1)
  @Max(GRID_COLUMNS)
  w!: number;

  /** Rows of some 40 pixels, 1–50. @example 8 */
  @IsDefined()
  @IsInt()
  @Min(1)
  @Max(50)
  h!: number;
}

export class PanelQueryInput {
  /**
   * Path of a topic, or an MQTT filter: a series for each topic that it selects, 50 at most. `${name}` stands for the value
   * of a variable. @example "mHv1.0/factory/line-1/temperature"
   */
  @IsString()
  @IsNotEmpty()
  @MaxLength(LONGEST_TOPIC)
  topic!: string;

  /** Field of object values, with dots for nested ones. @example "motor.rpm" */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(500)
  field?: string | null;

  /** What a bucket tells of its numbers. Without it: records as they are. */
  @IsOptional()
  @IsIn(AGGREGATES)
  @ApiProperty({ required: false, nullable: true, enum: AGGREGATES })
  aggregate?: Aggregate | null;

  /** Width of a bucket: a whole number of ms, s, m, h or d. Without it: what suits the time shown. @example "1m" */
  @IsOptional()
  @IsString()
  @Matches(/^[1-9]\d{0,8}(ms|s|m|h|d)$/, { message: 'bucket must be a width such as 500ms, 10s, 1m, 1h or 1d' })
  bucket?: string | null;
}

class PanelContent {
  /** `${name}` stands for the value of a variable. @example "Temperature" */
  @IfGiven()
  @IsString()
  @MaxLength(200)
  title?: string;

  /** Without it a new panel takes half the width, below all others. */
  @IfGiven()
  @IsObject()
  @ValidateNested()
  @Type(() => PanelPositionInput)
  @ApiProperty({ required: false, type: () => PanelPositionInput })
  position?: PanelPositionInput;

  /** All of them. */
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(MOST_QUERIES)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => PanelQueryInput)
  @ApiProperty({ required: false, type: () => [PanelQueryInput], maxItems: MOST_QUERIES })
  queries?: PanelQueryInput[];

  /** By the schema of its type (`GET /uns/dashboards/panel-types`). They are replaced as a whole. @example {"unit": "°C"} */
  @IfGiven()
  @IsObject()
  @ApiPropertyOptional({ type: 'object', additionalProperties: true, example: { unit: '°C' } })
  options?: PanelOptions;
}

/** A panel as it is to be: what is left out is the default. */
export class PanelReplacement extends PanelContent {
  @IsDefined()
  @IsIn(PANEL_TYPES)
  @ApiProperty({ enum: PANEL_TYPES, example: 'line' })
  type!: PanelType;
}

export class PanelInput extends PanelReplacement {
  /** Unique in the dashboard: 1–64 letters, digits, "_" or "-". Without it, it is given one. @example "temperature" */
  @IfGiven()
  @IsString()
  @Matches(ID, { message: '$property must be 1–64 letters, digits, "_" or "-"' })
  id?: string;
}

/** What of a panel is to be another; everything that is left out stays. */
export class PanelChange extends PanelContent {
  @IfGiven()
  @IsIn(PANEL_TYPES)
  @ApiProperty({ required: false, enum: PANEL_TYPES })
  type?: PanelType;
}

export class PanelQueryView implements PanelQuery {
  /** @example "mHv1.0/factory/line-1/temperature" */
  topic!: string;

  field!: string | null;

  @ApiProperty({ nullable: true, enum: AGGREGATES })
  aggregate!: Aggregate | null;

  /** @example "1m" */
  bucket!: string | null;
}

export class PanelView implements Panel {
  /** @example "temperature" */
  id!: string;

  title!: string;

  @ApiProperty({ enum: PANEL_TYPES })
  type!: PanelType;

  @ApiProperty({ type: () => PanelPositionInput })
  position!: PanelPosition;

  @ApiProperty({ type: () => [PanelQueryView] })
  queries!: PanelQuery[];

  @ApiProperty({ type: 'object', additionalProperties: true, example: { unit: '°C' } })
  options!: PanelOptions;
}

export class SinglePanelView extends PanelView {
  /** Of the dashboard: each change of a panel is one of the whole. */
  version!: number;
}

export class PanelTypeView {
  @ApiProperty({ enum: PANEL_TYPES })
  type!: PanelType;

  /** @example "Line chart" */
  title!: string;

  /** What it shows, in a sentence or two. */
  description!: string;

  /** JSON Schema (draft 2020-12) of the options. */
  @ApiProperty({ type: 'object', additionalProperties: true })
  options!: object;

  /** Options. */
  @ApiProperty({ type: 'object', additionalProperties: true })
  example!: PanelOptions;
}
