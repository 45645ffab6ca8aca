import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsNotEmpty,
  IsNumber,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import type { JsonValue } from '#kernel';
import { FIELD_TYPES, type FieldType, type ModelField } from '../model-field';
import { MOST_FIELDS } from '../model-rules';
import type { Model } from '../model.entity';
import { IsGiven, IsModelId, IsTextOrNumber } from './validators';

const LONGEST = 2 ** 31 - 1;

export class FieldShapeInput {
  /** What its values are. @example "number" */
  @IsDefined()
  @IsIn(FIELD_TYPES)
  @ApiProperty({ enum: FIELD_TYPES, example: 'number' })
  type!: FieldType;

  /** Unit of measurement. @example "°C" */
  @IsOptional()
  @IsString()
  @MaxLength(50)
  unit?: string;

  @IsOptional()
  @IsString()
  @MaxLength(500)
  description?: string;

  /** Least number, inclusive. */
  @IsOptional()
  @IsNumber()
  min?: number;

  /** Greatest number, inclusive. */
  @IsOptional()
  @IsNumber()
  max?: number;

  /** Least characters of a string, bytes of a binary, elements of an array. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(LONGEST)
  minLength?: number;

  /** Most characters of a string, bytes of a binary, elements of an array. */
  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(LONGEST)
  maxLength?: number;

  /** Regular expression (RE2) that a string has to contain. */
  @IsOptional()
  @IsString()
  @MaxLength(1_000)
  pattern?: string;

  /** The values of an enum: texts or numbers. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(1_000)
  @IsTextOrNumber()
  @ApiProperty({ required: false, type: 'array', items: { oneOf: [{ type: 'string' }, { type: 'number' }] } })
  enum?: (string | number)[];

  /** The elements of an array. */
  @IsOptional()
  @ValidateNested()
  @Type(() => FieldShapeInput)
  @ApiProperty({ required: false, type: () => FieldShapeInput })
  items?: FieldShapeInput;

  /** The members of an object. */
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(MOST_FIELDS)
  @ValidateNested({ each: true })
  @Type(() => FieldInput)
  @ApiProperty({ required: false, type: () => [FieldInput] })
  fields?: FieldInput[];

  /** Id of the model whose fields an object has, in place of fields of its own. They are those that it has at the time. */
  @IsOptional()
  @IsModelId()
  @ApiProperty({ required: false, format: 'uuid' })
  modelId?: string;

  /** Value where none is given; it has to fit the field. */
  @IsOptional()
  @ApiProperty({ required: false, type: Object })
  default?: JsonValue;

  /** Sealed wherever runs are written down. */
  @IsOptional()
  @IsBoolean()
  sensitive?: boolean;
}

export class FieldInput extends FieldShapeInput {
  /** @example "temperature" */
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  @Matches(/^\P{Cc}*$/u, { message: '$property must not contain control characters' })
  name!: string;

  /** Whether values must have it. */
  @IsOptional()
  @IsBoolean()
  required?: boolean;
}

class ModelHead {
  /** Unique in the organization, whatever its case. @example "Temperature reading" */
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  @Matches(/^\P{Cc}*$/u, { message: '$property must not contain control characters' })
  @Matches(/\S.*\S/u, { message: '$property must have at least two visible characters' })
  name!: string;

  @IsOptional()
  @IsString()
  @MaxLength(500)
  description?: string | null;
}

/** A model as it is to be, also when one is replaced. */
export class ModelInput extends ModelHead {
  /** @example [{"name": "temperature", "type": "number", "unit": "°C", "required": true}] */
  @IsDefined()
  @IsArray()
  @ArrayMaxSize(MOST_FIELDS)
  @ValidateNested({ each: true })
  @Type(() => FieldInput)
  fields!: FieldInput[];
}

export class ModelImport extends ModelHead {
  /** JSON Schema of an object, of draft 2020-12 or draft-07. References lead to its own `$defs` or `definitions`. */
  @IsObject()
  @ApiProperty({
    type: Object,
    example: {
      type: 'object',
      properties: { temperature: { type: 'number', maximum: 125 } },
      required: ['temperature'],
    },
  })
  schema!: { [keyword: string]: JsonValue };
}

export class ModelNameQuery {
  /** @example "Temperature reading" */
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  name!: string;
}

export class NameAvailability {
  available!: boolean;
}

export class ValueToValidate {
  /** Any JSON value, also null. @example {"temperature": 21.5} */
  @IsGiven()
  @ApiProperty({ type: Object, example: { temperature: 21.5 } })
  value!: JsonValue;
}

export class ValueProblem {
  /** Where: `lines[0].speed`; empty for the value itself. */
  field!: string;

  message!: string;
}

export class ValidationView {
  valid!: boolean;

  /** All that is wrong with it, up to a hundred. */
  problems!: ValueProblem[];
}

export class ModelView {
  /** @example "0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d" */
  id!: string;

  name!: string;

  description!: string | null;

  @ApiProperty({ type: () => [FieldInput] })
  fields!: ModelField[];

  /** Counts the changes; the ETag is made from it, and `versions/{n}` is what it was. */
  version!: number;

  createdAt!: Date;

  /** Id of the user. */
  createdBy!: string;

  updatedAt!: Date;

  /** Id of the user. */
  updatedBy!: string;
}

export const toModelView = (model: Model): ModelView => ({
  id: model.id,
  name: model.name,
  description: model.description,
  fields: model.fields,
  version: model.version,
  createdAt: model.createdAt,
  createdBy: model.createdBy,
  updatedAt: model.updatedAt,
  updatedBy: model.updatedBy,
});
