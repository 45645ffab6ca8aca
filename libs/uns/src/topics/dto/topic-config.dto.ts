import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsPositive,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import type { FieldProblem } from '#kernel';
import type { TopicConfig } from '../topic-policies';

const KINDS = ['absolute', 'percent'] as const;
const YEAR_SECONDS = 31_536_000;

export class Deadband {
  /** Whether the value is a difference, or a share of the value that was kept last. @example "absolute" */
  @IsIn(KINDS)
  @ApiProperty({ enum: KINDS, example: 'absolute' })
  kind!: (typeof KINDS)[number];

  /** By how much a number has to differ, or by how many percent. @example 0.5 */
  @IsNumber()
  @IsPositive()
  @Max(1e15)
  value!: number;
}

export class TopicConfigInput {
  /** Days that values are kept, 1–3,650; null: as long as the organization keeps them. @example 30 */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(3_650)
  @ApiProperty({ type: Number, nullable: true, required: false })
  retentionDays?: number | null;

  /** Whether values are kept at all; live listeners and pipelines get them in any case. Default: true. */
  @IsOptional()
  @IsBoolean()
  historyEnabled?: boolean;

  /** Whether only values are kept that differ from the one kept last. Default: false. */
  @IsOptional()
  @IsBoolean()
  onChange?: boolean;

  /** Keeps numbers alone that differ by more than that. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => Deadband)
  @ApiProperty({ type: () => Deadband, nullable: true, required: false })
  deadband?: Deadband | null;

  /** With `onChange` or a deadband: a value is kept in any case when the one kept last is older than this. @example 3600 */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(YEAR_SECONDS)
  @ApiProperty({ type: Number, nullable: true, required: false })
  maxIntervalSeconds?: number | null;
}

export class TopicConfigInForce {
  /** Days that values are kept: the topic's own, or the organization's. @example 30 */
  retentionDays!: number;
}

export class TopicConfigView {
  @ApiProperty({ type: Number, nullable: true })
  retentionDays!: number | null;

  historyEnabled!: boolean;

  onChange!: boolean;

  @ApiProperty({ type: () => Deadband, nullable: true })
  deadband!: Deadband | null;

  @ApiProperty({ type: Number, nullable: true })
  maxIntervalSeconds!: number | null;

  /** What holds with what the organization has decided. */
  inForce!: TopicConfigInForce;

  /** That of the topic; the ETag is made from it. */
  version!: number;
}

/** What is stored: nothing where all is as by default. */
export function toConfig(input: TopicConfigInput): TopicConfig | null {
  const { retentionDays, historyEnabled, onChange, deadband, maxIntervalSeconds } = input;
  const config: TopicConfig = {
    ...(retentionDays && { retentionDays }),
    ...(historyEnabled === false && { historyEnabled }),
    ...(onChange && { onChange }),
    ...(deadband && { deadband: { kind: deadband.kind, value: deadband.value } }),
    ...(maxIntervalSeconds && { maxIntervalSeconds }),
  };
  return Object.keys(config).length > 0 ? config : null;
}

/** What does not fit together in a config. */
export const configProblems = (config: TopicConfig | null): FieldProblem[] =>
  config?.maxIntervalSeconds !== undefined && !config.onChange && !config.deadband
    ? [{ field: 'maxIntervalSeconds', message: 'Max interval seconds need onChange or a deadband' }]
    : [];

/** @param organizationDays that the organization keeps values. */
export const toConfigView = (
  { config, version }: { config: object | null; version: number },
  organizationDays: number,
): TopicConfigView => {
  const { retentionDays, historyEnabled, onChange, deadband, maxIntervalSeconds } = (config ?? {}) as TopicConfig;
  return {
    retentionDays: retentionDays ?? null,
    historyEnabled: historyEnabled ?? true,
    onChange: onChange ?? false,
    deadband: deadband ?? null,
    maxIntervalSeconds: maxIntervalSeconds ?? null,
    inForce: { retentionDays: retentionDays ?? organizationDays },
    version,
  };
};
