import { Type } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

/** Query of every list of configuration. */
export class ListQuery {
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
