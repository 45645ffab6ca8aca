import { Type } from 'class-transformer';
import { IsObject, IsOptional, ValidateNested } from 'class-validator';
import { topicProblem, type FieldProblem } from '#kernel';
import type { CheckedContent, PortableContent } from '#platform/dependencies';
import { judgeInput } from '#platform/http';
import type { TopicSchema } from '../schemas/topic-schema.entity';
import { configProblems, toConfig, toConfigView, TopicConfigInput } from '../topics/dto/topic-config.dto';
import { UpdateTopic } from '../topics/dto/topic.dto';
import type { Topic } from '../topics/topic.entity';
import type { TopicConfig } from '../topics/topic-policies';
import { plain } from './plain-content';
import {
  mapModel,
  readSchemaContent,
  SchemaContent,
  schemaContentProblems,
  toSchemaContent,
  type FullSchemaContent,
} from './schema-content';

/** What people decide of a topic, as it comes in: what is left out is the default. */
class TopicContent extends UpdateTopic {
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => TopicConfigInput)
  config?: TopicConfigInput | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => SchemaContent)
  schema?: SchemaContent | null;
}

/** With every default. */
export interface FullTopicContent {
  description: string | null;
  /** In an order of their own: that of people says nothing. */
  tags: string[];
  config: Required<{ [Field in keyof TopicConfig]: TopicConfig[Field] | null }>;
  schema: FullSchemaContent | null;
}

/** What is stored of it beside its schema. */
export type TopicValues = Pick<Topic, 'description' | 'tags' | 'config'>;

export const toTopicContent = (
  { description, tags, config }: TopicValues,
  schema: TopicSchema | null,
): FullTopicContent => ({
  description,
  tags: [...tags].sort(),
  config: fullConfig(config),
  schema: schema && toSchemaContent(schema),
});

export const topicValues = ({ description, tags, config }: FullTopicContent): TopicValues => ({
  description,
  tags,
  config: toConfig(config as TopicConfigInput),
});

export function checkTopic(path: string, content: PortableContent): CheckedContent {
  const problem = topicProblem(path);
  const unnamed: FieldProblem[] = problem === undefined ? [] : [{ field: 'name', message: problem }];
  const { input, problems } = judgeInput(TopicContent, content);
  if (problems.length > 0) return { content, secrets: [], problems: [...unnamed, ...problems] };
  const { description = null, tags = [], config, schema } = input;
  const kept = toConfig(config ?? {});
  const full = {
    description,
    tags: [...tags].sort(),
    config: fullConfig(kept),
    schema: schema ? readSchemaContent(schema, content.schema) : null,
  };
  const unfit = [
    ...within('config', configProblems(kept)),
    ...within('schema', full.schema ? schemaContentProblems(full.schema) : []),
  ];
  return { content: plain(full), secrets: [], problems: [...unnamed, ...unfit] };
}

export function mapTopicReferences(
  content: PortableContent,
  map: (type: string, text: string) => string,
): PortableContent {
  const { schema } = content;
  if (typeof schema !== 'object' || schema === null || Array.isArray(schema)) return content;
  return { ...content, schema: mapModel(schema, map) };
}

function fullConfig(config: object | null): FullTopicContent['config'] {
  const { retentionDays, historyEnabled, onChange, deadband, maxIntervalSeconds } = toConfigView(
    { config, version: 0 },
    0,
  );
  return { retentionDays, historyEnabled, onChange, deadband, maxIntervalSeconds };
}

const within = (place: string, problems: readonly FieldProblem[]): FieldProblem[] =>
  problems.map(({ field, message }) => ({ field: `${place}.${field}`, message }));
