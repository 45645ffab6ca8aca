import { GuardQuery } from '#platform/dependencies';
import { IsFlag, IfGiven, ListQuery } from '#platform/http';
import { ArrayMaxSize, ArrayUnique, IsArray, IsOptional, IsString, MaxLength, MinLength } from 'class-validator';
import type { Topic } from '../topic.entity';

const TAG_LENGTH = 50;

export class TopicListQuery extends ListQuery {
  /** A tag that the topics have. @example "energy" */
  @IsOptional()
  @IsString()
  @MinLength(1)
  @MaxLength(TAG_LENGTH)
  tag?: string;
}

export class CreateTopic {
  /** Full path with the version prefix; parents are made on the way. @example "mHv1.0/factory/line-1/temperature" */
  @IsString()
  topic!: string;

  /** What is measured here, for people. */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  description?: string | null;
}

export class UpdateTopic {
  /** What is measured here, for people; null removes it. */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  description?: string | null;

  /** Words to find topics by that belong together, at most 20. They replace those that the topic has. @example ["energy"] */
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(20)
  @ArrayUnique()
  @IsString({ each: true })
  @MinLength(1, { each: true })
  @MaxLength(TAG_LENGTH, { each: true })
  tags?: string[];
}

export class MoveTopic {
  /** Full path that the topic is to have; missing parents are made. @example "mHv1.0/factory/line-2/temperature" */
  @IsString()
  topic!: string;
}

export class RemoveTopicQuery extends GuardQuery {
  /** Whether the topics below are removed with it. */
  @IsFlag()
  recursive: boolean = false;
}

export class TopicView {
  /** @example "0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d" */
  id!: string;

  /** Full path. @example "mHv1.0/factory/line-1/temperature" */
  topic!: string;

  /** Last level of the path. @example "temperature" */
  name!: string;

  description!: string | null;

  /** Words to find topics by that belong together. */
  tags!: string[];

  /** Counts the changes; the ETag is made from it. */
  version!: number;

  createdAt!: Date;

  updatedAt!: Date;
}

export const toTopicView = (topic: Topic): TopicView => ({
  id: topic.id,
  topic: topic.path,
  name: topic.name,
  description: topic.description,
  tags: topic.tags,
  version: topic.version,
  createdAt: topic.createdAt,
  updatedAt: topic.updatedAt,
});
