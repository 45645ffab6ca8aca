import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsISO8601,
  IsOptional,
  IsString,
  IsTimeZone,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsName } from '#platform/http';
import type { Maintenance } from '../organization.entity';
import type { SettingChange } from './setting-change.entity';
import { IsNetwork } from './is-network';
import { DEFAULT_SETTINGS, HISTORY_DETAILS, type HistoryDetail, type Settings } from './settings';

const { retention, executions } = DEFAULT_SETTINGS;
const TEN_YEARS = 3_650;

export class RetentionSettings {
  /** Days that records of the namespace are kept, 1–3650; `null` for the default. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(TEN_YEARS)
  @ApiProperty({ type: Number, nullable: true, required: false, default: retention.recordsDays })
  recordsDays?: number | null;

  /** Days that finished runs are kept, 1–3650; `null` for the default. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(TEN_YEARS)
  @ApiProperty({ type: Number, nullable: true, required: false, default: retention.executionsDays })
  executionsDays?: number | null;

  /** Days that its part of the audit trail is kept, 30–3650, as far as the instance keeps it; `null` for the default. */
  @IsOptional()
  @IsInt()
  @Min(30)
  @Max(TEN_YEARS)
  @ApiProperty({ type: Number, nullable: true, required: false, default: retention.auditDays })
  auditDays?: number | null;
}

export class ExecutionSettings {
  /** What new pipelines write down of their runs; `null` for the default. */
  @IsOptional()
  @IsIn(HISTORY_DETAILS)
  @ApiProperty({ enum: HISTORY_DETAILS, nullable: true, required: false, default: executions.historyDetail })
  historyDetail?: HistoryDetail | null;

  /** Runs at the same time, 1–10000; `null` for the default. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(10_000)
  @ApiProperty({ type: Number, nullable: true, required: false, default: executions.maxConcurrent })
  maxConcurrent?: number | null;

  /** Seconds that a run of a new pipeline may take, 1–86400; `null` for the default. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(86_400)
  @ApiProperty({ type: Number, nullable: true, required: false, default: executions.timeoutSeconds })
  timeoutSeconds?: number | null;

  /**
   * Megabytes that the history of runs may take, 1–10000000; `null` for the default. Beyond them new runs keep `minimal`
   * detail, until old ones are gone.
   */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(10_000_000)
  @ApiProperty({ type: Number, nullable: true, required: false, default: executions.maxHistoryMegabytes })
  maxHistoryMegabytes?: number | null;
}

/** Within what the instance allows: link-local addresses and metadata services of clouds are never reached. */
export class OutboundSettings {
  /** Connections lead to these networks alone, where there are any; `null` for the default. @example ["10.4.0.0/16"] */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @IsNetwork({ each: true })
  @ApiProperty({ type: [String], nullable: true, required: false, default: [], example: ['10.4.0.0/16'] })
  allowedNetworks?: string[] | null;

  /** Connections do not lead to these networks; `null` for the default. @example ["10.4.7.0/24"] */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(100)
  @IsNetwork({ each: true })
  @ApiProperty({ type: [String], nullable: true, required: false, default: [], example: ['10.4.7.0/24'] })
  refusedNetworks?: string[] | null;
}

/** What is left out stays as it is; `null` goes back to the default. */
export class ChangeSettings {
  /** IANA name, for schedules and days. @example "Europe/Berlin" */
  @IsOptional()
  @IsString()
  @IsTimeZone()
  @ApiProperty({ type: String, nullable: true, required: false, default: DEFAULT_SETTINGS.timeZone })
  timeZone?: string | null;

  @IsOptional()
  @ValidateNested()
  @Type(() => RetentionSettings)
  @ApiProperty({ type: () => RetentionSettings, nullable: true, required: false })
  retention?: RetentionSettings | null;

  @IsOptional()
  @ValidateNested()
  @Type(() => ExecutionSettings)
  @ApiProperty({ type: () => ExecutionSettings, nullable: true, required: false })
  executions?: ExecutionSettings | null;

  @IsOptional()
  @ValidateNested()
  @Type(() => OutboundSettings)
  @ApiProperty({ type: () => OutboundSettings, nullable: true, required: false })
  outbound?: OutboundSettings | null;
}

export class StartMaintenance {
  /** What everybody but admins is told. @example "Moving to the new line; back at noon" */
  @IsName(500)
  message!: string;

  /** When it ends by itself, RFC 3339; without it, when it is ended. @example "2099-01-01T12:00:00Z" */
  @IsOptional()
  @IsISO8601({ strict: true })
  @MaxLength(40)
  until?: string;
}

export class MaintenanceView {
  message!: string;

  until?: string;
}

export class SettingsView {
  /** @example "UTC" */
  timeZone!: string;

  @ApiProperty({ type: () => RetentionSettings })
  retention!: Settings['retention'];

  @ApiProperty({ type: () => ExecutionSettings })
  executions!: Settings['executions'];

  @ApiProperty({ type: () => OutboundSettings })
  outbound!: Settings['outbound'];

  /** null while there is none. */
  maintenance!: MaintenanceView | null;

  /** Counts the changes; the ETag is made from it. */
  version!: number;
}

export class SettingChangeView {
  at!: Date;

  /** Id of the user. */
  userId!: string;

  /** As it was then. */
  userEmail!: string;

  /** @example "retention.auditDays" */
  field!: string;

  @ApiProperty({ type: Object, nullable: true })
  old!: unknown;

  @ApiProperty({ type: Object, nullable: true })
  new!: unknown;
}

export const toSettingsView = (
  settings: Settings,
  { maintenance, settingsVersion }: { maintenance: Maintenance | null; settingsVersion: number },
): SettingsView => ({ ...settings, maintenance, version: settingsVersion });

export const toSettingChangeView = (change: SettingChange): SettingChangeView => ({
  at: change.at,
  userId: change.userId,
  userEmail: change.userEmail,
  field: change.field,
  old: change.oldValue,
  new: change.newValue,
});
