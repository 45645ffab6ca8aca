import { ApiProperty } from '@nestjs/swagger';
import { AGGREGATES, type Aggregate, type SeriesPoint } from '#uns';

export class SeriesView {
  /** Place of its query among those of the panel. @example 0 */
  query!: number;

  /** One of the topics of the query. @example "mHv1.0/factory/line-1/temperature" */
  topic!: string;

  field!: string | null;

  @ApiProperty({ nullable: true, enum: AGGREGATES })
  aggregate!: Aggregate | null;

  /** Width of the buckets; null for records as they are. @example "10s" */
  bucket!: string | null;

  /** The unit of the panel. @example "°C" */
  unit?: string;

  /**
   * Epoch milliseconds and value, oldest first; of a bucket also how many numbers are in it. A bucket stands at its start,
   * and empty ones are left out.
   */
  @ApiProperty({
    type: 'array',
    items: { type: 'array', items: {}, minItems: 2, maxItems: 3 },
    example: [
      [1767225600000, 71.5, 10],
      [1767225610000, 72.25, 9],
    ],
  })
  points!: SeriesPoint[];

  /** There are earlier points in this time that are not told. */
  truncated!: boolean;

  /** Why there are no points, where something is wrong. @example "Topic not found" */
  problem?: string;
}

export class PanelData {
  /** Id of the panel. @example "temperature" */
  id!: string;

  /** With the values of its variables. @example "Temperature of line-1" */
  title!: string;

  @ApiProperty({ type: () => [SeriesView] })
  series!: SeriesView[];

  /** What is wrong with the panel as a whole. @example "Variable line has no value" */
  problem?: string;
}

export class DashboardData {
  /** Begin, inclusive. */
  @ApiProperty({ format: 'date-time', example: '2026-01-01T00:00:00.000Z' })
  from!: string;

  /** End, exclusive. */
  @ApiProperty({ format: 'date-time', example: '2026-01-01T01:00:00.000Z' })
  to!: string;

  /** The values that the variables had, by their names. @example {"line": "line-1"} */
  @ApiProperty({ type: 'object', additionalProperties: { type: 'string' }, example: { line: 'line-1' } })
  variables!: Record<string, string>;

  /** Those that have queries. */
  @ApiProperty({ type: () => [PanelData] })
  panels!: PanelData[];
}

export class VariableChoices {
  /** @example "line" */
  name!: string;

  /** For people. @example "Line" */
  label!: string | null;

  /** What it is unless somebody chooses; null where there is nothing to choose. @example "line-1" */
  value!: string | null;

  /** What there is to choose from: its values, or what topics have in place of its `+`. @example ["line-1", "line-2"] */
  values!: string[];
}

export class DashboardAudience {
  /** People who look at it, with whoever asks. @example 2 */
  openNow!: number;

  /** When somebody looked at it the last time. */
  lastSeen!: Date;
}
