import { ApiProperty } from '@nestjs/swagger';
import {
  IsIn,
  IsInt,
  IsNotEmpty,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  IsUUID,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateBy,
} from 'class-validator';
import type { JsonValue } from '#kernel';
import type { SchemaBinding } from '../schema-binding.entity';
import { RULE_FIELDS, SCHEMA_MODES, type SchemaMode, type SchemaRules } from '../schema-rules';
import type { Verdict } from '../../topics/topic-policy';
import type { TopicSchema } from '../topic-schema.entity';

/** Anything but nothing: a present null is a value. */
export const IsGiven = (): PropertyDecorator =>
  ValidateBy({
    name: 'isGiven',
    validator: { validate: (value) => value !== undefined, defaultMessage: () => '$property is required' },
  });

const PROPERTIES = { type: 'object', required: ['rpm'], properties: { rpm: { type: 'number', minimum: 0 } } };

/** What values have to be: at least one of schema, modelId, min, max and unit. */
class RulesInput {
  /** JSON Schema, draft 2020-12, of at most 65,536 characters; patterns are RE2's. Instead of a model. */
  @IsOptional()
  @IsObject()
  @ApiProperty({ type: Object, required: false, nullable: true, example: PROPERTIES })
  schema?: { [keyword: string]: JsonValue } | null;

  /** A model of the organization, instead of a schema. */
  @IsOptional()
  @IsUUID()
  modelId?: string | null;

  /** The version of the model that is held to. Default: the one of now. */
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(999_999_999)
  @ApiProperty({ type: Number, required: false, nullable: true, minimum: 1 })
  modelVersion?: number | null;

  /** Unit of the numbers, for people. @example "°C" */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(50)
  @Matches(/^\P{Cc}*$/u, { message: '$property must not contain control characters' })
  unit?: string | null;

  /** Least number. Without a schema or model, values then have to be numbers. */
  @IsOptional()
  @IsNumber()
  @ApiProperty({ type: Number, required: false, nullable: true, example: -40 })
  min?: number | null;

  /** Greatest number. */
  @IsOptional()
  @IsNumber()
  @ApiProperty({ type: Number, required: false, nullable: true, example: 125 })
  max?: number | null;
}

export class TopicSchemaInput extends RulesInput {
  /** `strict` refuses other values, `lenient` stores them as uncertain, `off` takes them as they are. */
  @IsIn(SCHEMA_MODES)
  mode!: SchemaMode;
}

export class CreateBinding extends TopicSchemaInput {
  /** Unique in the organization, whatever its case. @example "Temperatures" */
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  @Matches(/^\P{Cc}*$/u, { message: '$property must not contain control characters' })
  name!: string;

  /** MQTT topic filter below mHv1.0. @example "mHv1.0/factory/+/temperature" */
  @IsString()
  @MaxLength(1_024)
  filter!: string;
}

/** What is left out stays; null takes away what may be missing. */
export class UpdateBinding extends RulesInput {
  /** Unique in the organization, whatever its case. @example "Temperatures" */
  @IsOptional()
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  @Matches(/^\P{Cc}*$/u, { message: '$property must not contain control characters' })
  name?: string;

  /** MQTT topic filter below mHv1.0. @example "mHv1.0/factory/+/temperature" */
  @IsOptional()
  @IsString()
  @MaxLength(1_024)
  filter?: string;

  @IsOptional()
  @IsIn(SCHEMA_MODES)
  mode?: SchemaMode;
}

class RulesView {
  @ApiProperty({ enum: SCHEMA_MODES })
  mode!: SchemaMode;

  @ApiProperty({ type: Object, nullable: true })
  schema!: object | boolean | null;

  modelId!: string | null;

  modelVersion!: number | null;

  /** @example "°C" */
  unit!: string | null;

  min!: number | null;

  max!: number | null;

  /** Counts the changes; the ETag is made from it. */
  version!: number;
}

export const SOURCES = ['topic', 'binding', 'none'] as const;

/** The schema in force for a topic: its own, else that of a binding, else none. */
export class TopicSchemaView extends RulesView {
  @ApiProperty({ enum: SOURCES })
  source!: (typeof SOURCES)[number];

  /** The binding in force. */
  bindingId!: string | null;

  /** Of the binding. @example "Temperatures" */
  bindingName!: string | null;

  /** Of the topic's own schema; 0 where it has none. */
  declare version: number;

  /** Of the schema in force, wherever it comes from. */
  versionInForce!: number;
}

export class SchemaBindingView extends RulesView {
  /** @example "0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d" */
  id!: string;

  name!: string;

  /** @example "mHv1.0/factory/+/temperature" */
  filter!: string;

  createdAt!: Date;

  updatedAt!: Date;
}

export class ValueToJudge {
  /** Any JSON value, also null. */
  @IsGiven()
  @ApiProperty({ description: 'Any JSON value', example: 21.5, type: Number })
  value!: JsonValue;
}

export const OUTCOMES = ['accepted', 'lowered', 'refused'] as const;

export class VerdictView {
  /** What would become of the value: stored, stored as uncertain, or refused. */
  @ApiProperty({ enum: OUTCOMES })
  outcome!: (typeof OUTCOMES)[number];

  /** `schema_mismatch`, `wrong_type` or `out_of_range`. */
  reason!: string | null;

  /** @example "must be at most 125" */
  message!: string | null;
}

export function toVerdictView(verdict: Verdict | undefined): VerdictView {
  if (!verdict) return { outcome: 'accepted', reason: null, message: null };
  const { outcome, reason, message } = verdict;
  return { outcome: outcome === 'refuse' ? 'refused' : 'lowered', reason, message };
}

const rulesOf = (rules: SchemaRules) =>
  Object.fromEntries(RULE_FIELDS.map((field) => [field, rules[field]])) as Pick<
    SchemaRules,
    (typeof RULE_FIELDS)[number]
  >;

const NO_RULES: SchemaRules = {
  mode: 'off',
  schema: null,
  modelId: null,
  modelVersion: null,
  modelSchema: null,
  unit: null,
  min: null,
  max: null,
};

export function toTopicSchemaView(found: TopicSchema | SchemaBinding | undefined): TopicSchemaView {
  const binding = found && 'filter' in found ? found : undefined;
  return {
    source: binding ? 'binding' : found ? 'topic' : 'none',
    ...rulesOf(found ?? NO_RULES),
    bindingId: binding?.id ?? null,
    bindingName: binding?.name ?? null,
    version: binding ? 0 : (found?.version ?? 0),
    versionInForce: found?.version ?? 0,
  };
}

export const toBindingView = (binding: SchemaBinding): SchemaBindingView => ({
  id: binding.id,
  name: binding.name,
  filter: binding.filter,
  ...rulesOf(binding),
  version: binding.version,
  createdAt: binding.createdAt,
  updatedAt: binding.updatedAt,
});
