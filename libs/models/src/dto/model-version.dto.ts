import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, Min } from 'class-validator';
import type { JsonValue } from '#kernel';
import type { ModelField } from '../model-field';
import { CHANGE_TYPES, type ChangeType, type ModelVersion } from '../model-version.entity';
import { FieldInput } from './model.dto';

export class CompareQuery {
  /** Number of the earlier version. @example 1 */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  from!: number;

  /** Number of the later version. @example 1 */
  @Type(() => Number)
  @IsInt()
  @Min(1)
  to!: number;
}

export class ModelVersionEntry {
  /** @example 3 */
  version!: number;

  /** Whether the model is like that now. */
  current!: boolean;

  @ApiProperty({ enum: CHANGE_TYPES })
  changeType!: ChangeType;

  /** What was changed. @example "2 fields added, 1 changed" */
  summary!: string;

  createdAt!: Date;

  /** Id of the user. */
  createdBy!: string;
}

export class ModelVersionView extends ModelVersionEntry {
  name!: string;

  description!: string | null;

  @ApiProperty({ type: () => [FieldInput] })
  fields!: ModelField[];
}

export class FieldChange {
  /** Its way from the top. @example "lines[].speed" */
  field!: string;

  @ApiProperty({ type: Object })
  from!: JsonValue;

  @ApiProperty({ type: Object })
  to!: JsonValue;
}

export class ModelComparison {
  /** Names, where they differ: `{from, to}`. */
  name?: object;

  /** Descriptions, where they differ: `{from, to}`. */
  description?: object;

  added!: string[];

  removed!: string[];

  changed!: FieldChange[];
}

export const toVersionEntry = (version: ModelVersion, current: number): ModelVersionEntry => ({
  version: version.version,
  current: version.version === current,
  changeType: version.changeType,
  summary: version.summary,
  createdAt: version.createdAt,
  createdBy: version.createdBy,
});

export const toVersionView = (version: ModelVersion, current: number): ModelVersionView => ({
  ...toVersionEntry(version, current),
  name: version.name,
  description: version.description,
  fields: version.fields,
});
