import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  MaxLength,
  ValidateNested,
} from 'class-validator';
import type { JsonValue } from '#kernel';
import { IfGiven, IsName, ListQuery } from '#platform/http';
import type { JsonObject } from '../../protocols';
import type { ConnectionFunction } from '../connection-function.entity';
import { PARAMETER_TYPES, type FunctionParameter, type ParameterType } from '../parameters';

const MOST_PARAMETERS = 100;

export class FunctionQuery extends ListQuery {
  /** Only those of a type. */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  type?: string;
}

export class ParameterInput {
  /** As it stands in its places: `((id))`. Letters, digits and _. @example "id" */
  @IsString()
  @IsNotEmpty()
  @MaxLength(64)
  name!: string;

  @IsDefined()
  @IsIn(PARAMETER_TYPES)
  @ApiProperty({ enum: PARAMETER_TYPES, example: 'string' })
  type!: ParameterType;

  /** Whether a call has to give it. Where not given: unless it has a default. */
  @IfGiven()
  @IsBoolean()
  required?: boolean;

  /** Its value where a call gives none. */
  @IsOptional()
  @ApiProperty({ required: false, type: Object })
  default?: JsonValue;

  @IsOptional()
  @IsString()
  @MaxLength(500)
  description?: string;
}

export class CreateFunction {
  /** Unique in the connection, whatever its case. @example "Read order" */
  @IsName(100)
  name!: string;

  /** One of the protocol's function types. @example "rest.get" */
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  type!: string;

  /** By the schema of its type, with `((name))` in the places of parameters. @example {"path": "/orders"} */
  @IsDefined()
  @IsObject()
  @ApiProperty({ type: Object, example: { path: '/orders' } })
  config!: JsonObject;

  /** Every parameter that has a place in the config. */
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(MOST_PARAMETERS)
  @ValidateNested({ each: true })
  @Type(() => ParameterInput)
  @ApiProperty({ required: false, type: () => [ParameterInput] })
  parameters?: ParameterInput[];
}

export class ChangeFunction {
  /** @example "Read order" */
  @IfGiven()
  @IsName(100)
  name?: string;

  /** @example "rest.get" */
  @IfGiven()
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  type?: string;

  /** Replaces the config. */
  @IfGiven()
  @IsObject()
  @ApiProperty({ required: false, type: Object, example: { path: '/orders' } })
  config?: JsonObject;

  /** Replaces all parameters. */
  @IfGiven()
  @IsArray()
  @ArrayMaxSize(MOST_PARAMETERS)
  @ValidateNested({ each: true })
  @Type(() => ParameterInput)
  @ApiProperty({ required: false, type: () => [ParameterInput] })
  parameters?: ParameterInput[];
}

export class ExecuteFunction {
  /** Values by the names of the function's parameters. @example {} */
  @IfGiven()
  @IsObject()
  @ApiProperty({ required: false, type: Object, example: {} })
  parameters?: JsonObject;
}

export class FunctionView {
  /** @example "0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d" */
  id!: string;

  connectionId!: string;

  name!: string;

  /** @example "rest.get" */
  type!: string;

  @ApiProperty({ type: Object, example: { path: '/orders' } })
  config!: JsonObject;

  @ApiProperty({ type: () => [ParameterInput] })
  parameters!: FunctionParameter[];

  /** Counts the changes; the ETag is made from it. */
  version!: number;

  createdAt!: Date;

  /** Id of the user. */
  createdBy!: string;

  updatedAt!: Date;

  /** Id of the user. */
  updatedBy!: string;
}

export class ExecutionFailure {
  /** What went wrong, for people. */
  message!: string;

  /** Whether the same again may work. */
  retryable!: boolean;
}

export class FunctionExecution {
  /** Whether the other side did what it was asked to. */
  success!: boolean;

  functionId!: string;

  /** What it answered; after a failure what is known of its answer, or null. */
  @ApiProperty({ type: Object, nullable: true })
  data!: JsonValue;

  /** Only after a failure. */
  error?: ExecutionFailure;

  durationMs!: number;

  /** When the answer was complete. */
  @ApiProperty({ format: 'date-time' })
  timestamp!: string;
}

export const toFunctionView = (fn: ConnectionFunction): FunctionView => ({
  id: fn.id,
  connectionId: fn.connectionId,
  name: fn.name,
  type: fn.type,
  config: fn.config,
  parameters: fn.parameters,
  version: fn.version,
  createdAt: fn.createdAt,
  createdBy: fn.createdBy,
  updatedAt: fn.updatedAt,
  updatedBy: fn.updatedBy,
});
