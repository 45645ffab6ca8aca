import { ApiProperty } from '@nestjs/swagger';
import { QUALITIES, type Quality } from '../../record';

/** Body of a publish. Read by `readRecord`, which checks what is described here. */
export class PublishRecord {
  /** Full topic path with the version prefix; the topic and its parents are made if they do not exist. */
  @ApiProperty({ example: 'mHv1.0/factory/line-1/temperature' })
  topic!: string;

  /** Any JSON value. */
  @ApiProperty({ description: 'Any JSON value', example: 72.5, oneOf: ANY_JSON() })
  value!: unknown;

  /** Where the value comes from. */
  @ApiProperty({ required: false, nullable: true, type: String, maxLength: 255, example: 'plc-01' })
  source?: string | null;

  /** When it was measured: RFC 3339, or integer epoch milliseconds. Default: when it is received. */
  @ApiProperty({ required: false, oneOf: [{ type: 'string', format: 'date-time' }, { type: 'integer' }] })
  timestamp?: string | number;

  @ApiProperty({ required: false, enum: QUALITIES, default: 'good' })
  quality?: Quality;
}

export class PublishBatch {
  /** All are stored, or none. */
  @ApiProperty({ type: [PublishRecord], minItems: 1, maxItems: 10_000 })
  records!: PublishRecord[];
}

export class Published {
  @ApiProperty({ example: 'Data published successfully' })
  message!: string;
}

export class PublishedBatch extends Published {
  /** Records stored. */
  @ApiProperty({ example: 1000 })
  count!: number;
}

export class RecordAnswer {
  @ApiProperty({ example: 'mHv1.0/factory/line-1/temperature' })
  topic!: string;

  @ApiProperty({ description: 'Any JSON value', example: 72.5, oneOf: ANY_JSON() })
  value!: unknown;

  @ApiProperty({ nullable: true, type: String, example: 'plc-01' })
  source!: string | null;

  /** When it was measured. */
  @ApiProperty({ format: 'date-time', example: '2026-01-01T00:00:00.000Z' })
  timestamp!: string;

  /** When it was received. */
  @ApiProperty({ format: 'date-time', example: '2026-01-01T00:00:00.012Z' })
  receivedAt!: string;

  @ApiProperty({ enum: QUALITIES })
  quality!: Quality;

  /** Why a schema lowered the quality, where one did. */
  @ApiProperty({ required: false, type: String, example: 'out_of_range: must be <= 120' })
  reason?: string;
}

function ANY_JSON() {
  return [
    { type: 'number' },
    { type: 'string' },
    { type: 'boolean' },
    { type: 'object' },
    { type: 'array', items: {} },
  ] as { type: 'number' }[];
}
