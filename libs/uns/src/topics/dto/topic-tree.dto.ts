import { Type } from 'class-transformer';
import { IsInt, IsNotEmpty, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

export class TreeQuery {
  /** Path of the topic to look below; the top of the namespace where it is left out. @example "mHv1.0/factory" */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  prefix?: string;

  /** Levels to answer. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(5)
  depth: number = 1;

  /** Most topics of the first of these levels to answer, 1–1,000. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(1_000)
  limit: number = 200;

  /** `nextCursor` of the answer before. */
  @IsOptional()
  @IsString()
  @MaxLength(5_000)
  cursor?: string;
}

export class TopicSearchQuery {
  /** A part of a name, or the end of a path with the begin of a name. @example "line-1/temp" */
  @IsString()
  @IsNotEmpty()
  @MaxLength(200)
  q!: string;

  /** Most topics to answer, 1–200. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(200)
  limit: number = 50;

  /** `nextCursor` of the answer before. */
  @IsOptional()
  @IsString()
  @MaxLength(5_000)
  cursor?: string;
}

/** A topic in the tree. */
export class TopicNode {
  /** @example "0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d" */
  id!: string;

  /** Full path. @example "mHv1.0/factory/line-1" */
  topic!: string;

  /** Last level of the path. @example "line-1" */
  name!: string;

  description!: string | null;

  tags!: string[];

  /** How many topics lie directly below it. */
  children!: number;

  /** These, with a depth of more than one; left out where the answer has no room for all of them. */
  nodes?: TopicNode[];
}
