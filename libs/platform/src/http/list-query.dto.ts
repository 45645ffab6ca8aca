import { applyDecorators } from '@nestjs/common';
import { Transform, Type } from 'class-transformer';
import { IsBoolean, IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

const FLAGS: Readonly<Record<string, boolean>> = { true: true, false: false };

/** `true` or `false` in a query, or nothing. */
export const IsFlag = (): PropertyDecorator =>
  applyDecorators(
    IsOptional(),
    Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? (FLAGS[value] ?? value) : value)),
    IsBoolean(),
  );

/** Query of lists that are told by pages. */
export class PageQuery {
  /** Page, from 1. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000_000)
  page: number = 1;

  /** Entries on a page, 1–200. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit: number = 25;
}

/** Query of every list of configuration. */
export class ListQuery extends PageQuery {
  /** Text that has to occur in the entry. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  search?: string;

  /** Fields to sort by, comma-separated; a leading `-` turns the order round. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  sort?: string;
}

/** Query of lists of high volume, which are told in stretches. */
export class CursorQuery {
  /** Most entries to answer, 1–200. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit: number = 50;

  /** `nextCursor` of the answer before. */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  cursor?: string;
}
