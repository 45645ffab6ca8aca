import { createHash } from 'node:crypto';
import { OmitType } from '@nestjs/swagger';
import { IsNotEmpty, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import { LRUCache } from 'lru-cache';
import { jsonProblem, type FieldProblem, type JsonValue } from '#kernel';
import { isReference, notAReference } from '#platform/dependencies';
import type { JsonSchema } from '#platform/json-schema';
import { TopicSchemaInput } from '../schemas/dto/schema.dto';
import { OF_MODELS, schemaProblem } from '../schemas/schema-limits';
import { rulesProblems } from '../schemas/schema-reader';
import type { SchemaRules } from '../schemas/schema-rules';

const LONGEST_REFERENCE = 2_000;

/**
 * Rules for values as they leave an organization. A version of a model means nothing elsewhere, so what it says goes
 * along, written out: the same values are refused there, whatever has become of the model since.
 */
export class SchemaContent extends OmitType(TopicSchemaInput, ['modelId', 'modelVersion'] as const) {
  /** An id, or whatever stands for one. */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(LONGEST_REFERENCE)
  modelId?: string | null;

  @IsOptional()
  @IsObject()
  modelSchema?: { [keyword: string]: JsonValue } | null;
}

/** With every default. */
export type FullSchemaContent = Omit<SchemaRules, 'modelVersion'>;

export const toSchemaContent = (rules: SchemaContent | SchemaRules): FullSchemaContent => ({
  mode: rules.mode,
  schema: rules.schema ?? null,
  modelId: rules.modelId ?? null,
  modelSchema: rules.modelSchema ?? null,
  unit: rules.unit ?? null,
  min: rules.min ?? null,
  max: rules.max ?? null,
});

/** Rules that came in, with their schemas as they came: input classes lose members of some names. */
export const readSchemaContent = (input: SchemaContent, given: unknown): FullSchemaContent => {
  const { schema = null, modelSchema = null } = given as SchemaContent;
  return toSchemaContent({ ...input, schema, modelSchema });
};

/** What is wrong with rules whose fields are each sound in form. */
export function schemaContentProblems(content: FullSchemaContent): FieldProblem[] {
  const { modelId, modelSchema, ...rules } = content;
  const problems = rulesProblems({ ...rules, modelId });
  if (modelId !== null && !isReference(modelId)) {
    problems.push({ field: 'modelId', message: `ModelId ${notAReference('model')}` });
  }
  if (modelId !== null && modelSchema === null) {
    problems.push({ field: 'modelSchema', message: 'ModelSchema is required beside a modelId' });
  }
  if (modelId === null && modelSchema !== null) {
    problems.push({ field: 'modelSchema', message: 'ModelSchema needs a modelId' });
  }
  const problem = modelSchema === null ? undefined : modelSchemaProblem(modelSchema);
  if (problem !== undefined) problems.push({ field: 'modelSchema', message: `ModelSchema ${problem}` });
  return problems;
}

/** Thousands of topics have the same few models. */
const judged = new LRUCache<string, { problem: string | undefined }>({ max: 300 });

function modelSchemaProblem(schema: JsonSchema): string | undefined {
  const key = createHash('sha256').update(JSON.stringify(schema)).digest('base64');
  const known = judged.get(key) ?? { problem: jsonProblem(schema) ?? schemaProblem(schema, OF_MODELS) };
  judged.set(key, known);
  return known.problem;
}

/** The same content with another reference to its model; content that is none stays as it is. */
export function mapModel<C extends { [name: string]: JsonValue }>(
  content: C,
  map: (type: string, text: string) => string,
): C {
  const { modelId } = content;
  return typeof modelId === 'string' ? { ...content, modelId: map('model', modelId) } : content;
}
