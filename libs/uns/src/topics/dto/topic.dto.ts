import { IsOptional, IsString, MaxLength } from 'class-validator';
import type { Topic } from '../topic.entity';

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
}

export class TopicView {
  /** @example "0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d" */
  id!: string;

  /** Full path. @example "mHv1.0/factory/line-1/temperature" */
  topic!: string;

  /** Last level of the path. @example "temperature" */
  name!: string;

  description!: string | null;

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
  version: topic.version,
  createdAt: topic.createdAt,
  updatedAt: topic.updatedAt,
});
