import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  registerDecorator,
  ValidateNested,
} from 'class-validator';
import { IfGiven, IsName } from '#platform/http';
import { LONGEST_DESCRIPTION, LONGEST_NAME } from '../format';
import { fileNameOf } from './export-name';
import type { ExportRow } from './export.entity';
import type { BrokenReference } from './selection';

/** Named one by one; all of a type are one entry. */
const MOST_NAMED = 5_000;

export class EntityChoice {
  /** `connection`, `function`, `topic`, `schema-binding`, `model`, `pipeline` or `dashboard`. @example "model" */
  @IsString()
  @IsNotEmpty()
  @MaxLength(50)
  type!: string;

  /** Its id, or of a topic its path; all of that type where it is left out. */
  @IfGiven()
  @IsString()
  @IsNotEmpty()
  @MaxLength(LONGEST_NAME)
  id?: string;
}

export class ExportAnalysisInput {
  /** What is to leave the organization; everything there is where nothing is said. @example [{"type": "model"}] */
  @IfGiven()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(MOST_NAMED)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => EntityChoice)
  entities?: EntityChoice[];
}

export class EntityName {
  /** @example "pipeline" */
  type!: string;

  id!: string;

  /** As it stands in the file. @example "Plant/Line 1" */
  name!: string;
}

export class RequiredEntity extends EntityName {
  /** Those that could not be without it, at most 20. */
  neededBy!: EntityName[];
}

export class OptionalEntity extends EntityName {
  /** Why it may be wanted. @example "shows, rules or is named by pipeline Line 1" */
  reason!: string;
}

export class ExportTotals {
  selected!: number;

  required!: number;

  optional!: number;

  warnings!: number;
}

/** What keeps the file from being imported: one for each place, and of a reference that stands in many places ten. */
export class ExportWarning {
  /** Of the entity that refers to something. @example "pipeline" */
  type!: string;

  /** As it stands in the file. @example "Plant/Line 1" */
  name!: string;

  /** Where. @example "fields[0].modelId" */
  field!: string;

  /** What is wrong, and what can be done. */
  message!: string;
}

export class ExportAnalysisView {
  /** What was asked for, by type and name. */
  selected!: EntityName[];

  /** What goes along, since the others could not be without it. */
  required!: RequiredEntity[];

  /** What may go along. */
  optional!: OptionalEntity[];

  /** References to what is gone, of what is selected and required; at most 100. The file can be made all the same. */
  warnings!: ExportWarning[];

  /** Of each list, warnings that are not told included. */
  totals!: ExportTotals;
}

export class ExportInput extends ExportAnalysisInput {
  /** Optional entities that go along: `all` that the analysis names, only what is `required`, or a list of type and id. @example "all" */
  @IfGiven()
  @IsInclusion()
  @ApiProperty({
    required: false,
    oneOf: [
      { type: 'string', enum: ['all', 'required'] },
      {
        type: 'array',
        items: {
          type: 'object',
          required: ['type', 'id'],
          properties: { type: { type: 'string' }, id: { type: 'string' } },
        },
      },
    ],
  })
  include?: 'all' | 'required' | { type: string; id: string }[];

  /** What the file is called. @example "Line 1" */
  @IfGiven()
  @IsName(100)
  name?: string;

  /** Stands in the file, for whoever imports it. */
  @IsOptional()
  @IsString()
  @MaxLength(LONGEST_DESCRIPTION)
  description?: string | null;
}

export class ExportView {
  id!: string;

  name!: string;

  /** @example "Line 1.mhub.json" */
  fileName!: string;

  description!: string | null;

  /** How many entities are in it. */
  items!: number;

  /** Of the file. */
  bytes!: number;

  /** Secrets that stay behind, as whoever imports it has to fill them in: `connection:MES#/config/password`. */
  secrets!: string[];

  createdAt!: Date;

  /** Id of the user. */
  createdBy!: string;
}

/** An export that was just made. */
export class MadeExportView extends ExportView {
  /**
   * References to what is gone, at most 100: no import takes the file while they are there. They are not kept: whoever reads the
   * export later is not told, but its analysis tells them again.
   */
  warnings!: ExportWarning[];

  /** Of all warnings. */
  warningCount!: number;
}

/** Told of one export. */
const MOST_WARNINGS = 100;

export const toWarnings = (broken: readonly BrokenReference[]): ExportWarning[] =>
  broken.slice(0, MOST_WARNINGS).map(({ source: { type, name }, via, target }) => ({
    ...{ type, name, field: via },
    message:
      `${target.type} ${target.id} does not exist: no import takes the file while this is there. ` +
      'Name another one, or none, and export again',
  }));

export const toExportView = (row: ExportRow): ExportView => ({
  id: row.id,
  name: row.name,
  fileName: fileNameOf(row.name),
  description: row.description,
  items: row.items,
  bytes: row.bytes,
  secrets: row.secrets,
  createdAt: row.createdAt,
  createdBy: row.createdBy,
});

function IsInclusion(): PropertyDecorator {
  return (target, propertyName) =>
    registerDecorator({
      name: 'isInclusion',
      target: target.constructor,
      propertyName: propertyName as string,
      validator: {
        validate: (value: unknown) =>
          value === 'all' ||
          value === 'required' ||
          (Array.isArray(value) && value.length <= MOST_NAMED && value.every(isNamed)),
        defaultMessage: () =>
          `$property must be all, required, or a list of at most ${MOST_NAMED} entries of type and id`,
      },
    });
}

function isNamed(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  const { type, id, ...rest } = value as { type?: unknown; id?: unknown };
  return typeof type === 'string' && typeof id === 'string' && Object.keys(rest).length === 0;
}
