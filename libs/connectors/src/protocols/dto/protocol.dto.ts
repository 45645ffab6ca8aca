import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, IsString, MaxLength } from 'class-validator';
import { PageQuery } from '#platform/http';
import type { FunctionType, JsonObject, ObjectSchema, ProtocolDefinition } from '../protocol';

export class ProtocolQuery extends PageQuery {
  /** Text that has to occur in id, title or description. */
  @IsOptional()
  @IsString()
  @MaxLength(200)
  search?: string;
}

export class FunctionTypeView {
  /** @example "rest.get" */
  type!: string;

  title!: string;

  description!: string;

  @ApiProperty({ enum: ['call', 'subscribe'] })
  kind!: FunctionType['kind'];

  /** JSON Schema (draft 2020-12) of a function's config once its parameters are put in. */
  @ApiProperty({ type: Object })
  config!: ObjectSchema;

  /** A config. */
  @ApiProperty({ type: Object })
  example!: JsonObject;
}

export class ProtocolView {
  /** @example "rest" */
  id!: string;

  title!: string;

  description!: string;

  /** Whether it is tested against an independent implementation. */
  verified!: boolean;

  /** `live`: one session for all, of one worker. `request`: every process may have one. */
  @ApiProperty({ enum: ['request', 'live'] })
  mode!: ProtocolDefinition['mode'];

  /** JSON Schema (draft 2020-12) of a connection's config. What is marked `x-secret` is never shown. */
  @ApiProperty({ type: Object })
  config!: ObjectSchema;

  /** A config. */
  @ApiProperty({ type: Object })
  example!: JsonObject;

  @ApiProperty({ type: () => [FunctionTypeView] })
  functions!: FunctionTypeView[];

  /** Counts the changes of its schemas; the ETag is made from it. */
  version!: number;
}

export const toProtocolView = (definition: ProtocolDefinition): ProtocolView => ({
  id: definition.id,
  title: definition.title,
  description: definition.description,
  verified: definition.verified,
  mode: definition.mode,
  config: definition.config,
  example: definition.example,
  functions: definition.functions.map(({ type, title, description, kind, config, example }) => ({
    type,
    title,
    description,
    kind,
    config,
    example,
  })),
  version: definition.version,
});
