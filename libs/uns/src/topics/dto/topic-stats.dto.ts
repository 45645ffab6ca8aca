import { ApiProperty } from '@nestjs/swagger';
import { RecordAnswer } from '../../data/dto/record.dto';

export class TopicCountsView {
  /** Values of the last minute. */
  minute!: number;

  /** Of the last hour. */
  hour!: number;

  /** Of the last 24 hours. */
  day!: number;
}

export class TopicStatsView {
  /** The last value, also where none are kept. */
  @ApiProperty({ type: () => RecordAnswer, nullable: true })
  last!: RecordAnswer | null;

  /** When the last value was measured. @example "2026-01-01T00:00:00.000Z" */
  lastSeen!: string | null;

  /** When the first of those that are kept was measured. @example "2026-01-01T00:00:00.000Z" */
  firstSeen!: string | null;

  /** How many values are kept, by when they were measured. */
  counts!: TopicCountsView;

  /** Of the last minute. @example 0.5 */
  ratePerSecond!: number;

  /** Names of the numbers in the last value, where that is an object; with dots for nested ones. @example ["motor.rpm"] */
  fields!: string[];
}
