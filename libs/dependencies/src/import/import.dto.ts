import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsNotEmpty,
  IsObject,
  IsString,
  IsUUID,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import type { JsonValue } from '#kernel';
import { AsItStands, IfGiven, IsFlag } from '#platform/http';
import { inTurns } from '#platform/turns';
import { LONGEST_NAME, MOST_ITEMS } from '../format';
import { IMPORT_ACTIONS, IMPORT_STATUSES, type ImportAction, type ImportRow, type ImportStatus } from './import.entity';
import { slotOf, type ItemProblem, type Plan } from './plan';
import { RESOLUTIONS, type Resolution } from './resolutions';

/** A file of configuration, as an export makes it. */
export class ImportFile {
  /** @example "maestrohub" */
  format!: string;

  /** Files of format 0 and 1 are read. @example "1.0" */
  formatVersion!: string;

  /** Who made it. */
  @ApiProperty({ required: false, type: Object, example: { name: 'MaestroHub', version: '0.1.0' } })
  product?: object;

  description?: string | null;

  /** Each with `type`, `name` and `content`, and where an export made it `hash` and `base`. */
  @ApiProperty({ type: 'array', items: { type: 'object' }, example: [] })
  items!: object[];
}

/** A form with one file. */
export class ImportUpload {
  @ApiProperty({ type: 'string', format: 'binary' })
  file!: unknown;
}

export class PlanChange {
  /** @example "nodes[start].parameters.topic" */
  field!: string;

  /** What is here. Missing where there is nothing, and for values of more than 1,000 characters. */
  @ApiProperty({ required: false, type: Object })
  from?: JsonValue;

  /** What it becomes. */
  @ApiProperty({ required: false, type: Object })
  to?: JsonValue;
}

export class PlanItemView {
  /** @example "pipeline" */
  type!: string;

  name!: string;

  @ApiProperty({ enum: ['create', 'update', 'unchanged', 'conflict'] })
  action!: 'create' | 'update' | 'unchanged' | 'conflict';

  /** Of the content in the file, as it would be stored. */
  hash!: string;

  /** Why, where that needs saying. */
  reason?: string;

  /** What becomes different here, or with a conflict what both sides have changed; at most 100. */
  changes!: PlanChange[];

  /** What was changed here since it was exchanged last; at most 100. */
  localChanges?: PlanChange[];
}

export class PlanSecret {
  /** What the secret is given by. @example "connection:MES#/config/password" */
  slot!: string;

  description!: string;

  /** Whether there is none here that could stay. Null leaves it out on purpose. */
  required!: boolean;
}

export class PlanProblem {
  type!: string;

  name!: string;

  field?: string;

  message!: string;
}

export class PlanCounts {
  create!: number;

  update!: number;

  unchanged!: number;

  conflict!: number;

  keep!: number;
}

export class ImportPlanView {
  /** What the plan is executed by, for 24 hours. Null with problems: there is nothing to execute then. */
  @ApiProperty({ type: String, format: 'uuid', nullable: true })
  planId!: string | null;

  description!: string | null;

  items!: PlanItemView[];

  /** Secrets that the items have; files have none. */
  secrets!: PlanSecret[];

  /** What has to be put right first, at most 1,000. */
  problems!: PlanProblem[];

  counts!: PlanCounts;
}

export class ResolutionInput implements Resolution {
  /** @example "pipeline" */
  @IsString()
  @IsNotEmpty()
  @MaxLength(50)
  type!: string;

  /** As the plan has it. @example "Plant/Line 1" */
  @IsString()
  @IsNotEmpty()
  @MaxLength(LONGEST_NAME)
  name!: string;

  /** Keeps what is here, replaces it by the file's, or makes the file's beside it under another name. */
  @IsIn(RESOLUTIONS)
  @ApiProperty({ enum: RESOLUTIONS })
  action!: Resolution['action'];

  @IfGiven()
  @IsString()
  @IsNotEmpty()
  @MaxLength(LONGEST_NAME)
  newName?: string;
}

export class ImportExecution {
  /** Of a plan that was made here. */
  @IsUUID()
  planId!: string;

  /** One for each conflict; others are taken, too, for items that are here already. @example [] */
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(MOST_ITEMS)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => ResolutionInput)
  resolutions?: ResolutionInput[];

  /** Values by slots, of which there may be thousands. @example {} */
  @IfGiven()
  @AsItStands()
  @ApiProperty({ required: false, type: Object })
  secrets?: { [slot: string]: JsonValue };
}

export class ImportUndoQuery {
  /** Undoes it also where things have changed since, or others depend on them. */
  @IsFlag()
  force?: boolean;
}

export class ImportItemView {
  type!: string;

  name!: string;

  /** What was done, or while it is a plan would be. */
  @ApiProperty({ enum: IMPORT_ACTIONS })
  action!: ImportAction;

  id!: string;
}

/** In entities. */
export class ImportProgress {
  done!: number;

  total!: number;
}

export class ImportEntry {
  id!: string;

  @ApiProperty({ enum: IMPORT_STATUSES })
  status!: ImportStatus;

  description!: string | null;

  counts!: PlanCounts;

  createdAt!: Date;

  /** Id of the user. */
  createdBy!: string;

  @ApiProperty({ type: Date, nullable: true })
  appliedAt!: Date | null;

  @ApiProperty({ type: String, nullable: true })
  appliedBy!: string | null;

  @ApiProperty({ type: Date, nullable: true })
  undoneAt!: Date | null;

  @ApiProperty({ type: String, nullable: true })
  undoneBy!: string | null;

  /** How far it is while it is executed or undone, told about once a second; null otherwise. */
  @ApiProperty({ type: ImportProgress, nullable: true })
  progress!: ImportProgress | null;
}

export class ImportView extends ImportEntry {
  items!: ImportItemView[];
}

/** Told of one file. */
const MOST_PROBLEMS = 1_000;

export const toPlanView = async (
  planId: string | null,
  plan: Plan,
  problems: readonly ItemProblem[],
): Promise<ImportPlanView> => ({
  planId,
  description: plan.description,
  items: await inTurns(plan.items, ({ type, name, action, hash, reason, changes, localChanges }) => ({
    ...{ type, name, action, hash, changes },
    ...(reason !== undefined && { reason }),
    ...(localChanges && { localChanges }),
  })),
  secrets: plan.items.flatMap((item) =>
    item.secrets.map(({ place, required }) => ({
      slot: slotOf(item, place),
      description: `${place.slice(1)} of ${item.type} ${item.name}`,
      required,
    })),
  ),
  problems: problems.slice(0, MOST_PROBLEMS),
  counts: countsOf(plan.items),
});

export function countsOf(items: readonly { action: ImportAction }[]): PlanCounts {
  const counts: PlanCounts = { create: 0, update: 0, unchanged: 0, conflict: 0, keep: 0 };
  for (const { action } of items) counts[action]++;
  return counts;
}

export const toImportEntry = (row: ImportRow): ImportEntry => ({
  id: row.id,
  status: row.status,
  description: row.description,
  counts: row.counts,
  createdAt: row.createdAt,
  createdBy: row.createdBy,
  appliedAt: row.appliedAt,
  appliedBy: row.appliedBy,
  undoneAt: row.undoneAt,
  undoneBy: row.undoneBy,
  progress: progressOf(row),
});

/** Whoever has told nothing for so long has ended without a word. */
const SILENT_MS = 10_000;

function progressOf({ progress }: ImportRow): ImportProgress | null {
  if (!progress || progress.at < Date.now() - SILENT_MS) return null;
  return { done: progress.done, total: progress.total };
}

export const toImportView = (row: ImportRow): ImportView => ({ ...toImportEntry(row), items: row.items });
