import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsDefined, IsNotEmpty, IsObject, IsOptional, IsString, MaxLength } from 'class-validator';
import { IfGiven, IsFlag, IsName, ListQuery } from '#platform/http';
import type { JsonObject } from '../../protocols';
import { CONNECTION_STATES, type ConnectionState } from '../../runtime/connection-state';
import type { Connection, Labels } from '../connection.entity';
import { IsLabels } from './labels';

export class ConnectionQuery extends ListQuery {
  /** Id of a protocol. */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  protocol?: string;

  /** Only those that are enabled, or only those that are not. */
  @IsFlag()
  enabled?: boolean;

  /** Label that they have: `key`, or `key:value`. */
  @IsOptional()
  @IsString()
  @MaxLength(300)
  label?: string;
}

export class CreateConnection {
  /** Unique in the organization, whatever its case. @example "MES" */
  @IsName(100)
  name!: string;

  @IsOptional()
  @IsString()
  @MaxLength(500)
  description?: string | null;

  /** Id of a protocol; it never changes. @example "rest" */
  @IsString()
  @IsNotEmpty()
  @MaxLength(100)
  protocol!: string;

  /** By the protocol's schema, secrets included. @example {"baseUrl": "https://mes.example.com/api"} */
  @IsDefined()
  @IsObject()
  @ApiProperty({ type: Object, example: { baseUrl: 'https://mes.example.com/api' } })
  config!: JsonObject;

  /** At most ten. @example {"site": "north"} */
  @IsOptional()
  @IsLabels()
  @ApiProperty({ required: false, type: Object, example: { site: 'north' } })
  labels?: Labels;

  /** One that is enabled is connected at once, and stays so; a disabled one refuses calls. */
  @IfGiven()
  @IsBoolean()
  @ApiProperty({ required: false, default: true })
  enabled?: boolean;
}

export class ChangeConnection {
  /** @example "MES" */
  @IfGiven()
  @IsName(100)
  name?: string;

  /** null removes it. */
  @IsOptional()
  @IsString()
  @MaxLength(500)
  description?: string | null;

  /** Replaces the config. A secret that is left out, or sent as its mask, stays; null removes it. */
  @IfGiven()
  @IsObject()
  @ApiProperty({ required: false, type: Object, example: { baseUrl: 'https://mes.example.com/api' } })
  config?: JsonObject;

  /** Replaces all labels. @example {"site": "north"} */
  @IfGiven()
  @IsLabels()
  @ApiProperty({ required: false, type: Object, example: { site: 'north' } })
  labels?: Labels;

  @IfGiven()
  @IsBoolean()
  enabled?: boolean;
}

export class CloneConnection {
  /** Name of the new connection. @example "MES copy" */
  @IsName(100)
  name!: string;
}

export class ConnectionView {
  /** @example "0192f0c1-7d5e-7c3a-9a51-1f2f6a0b3c4d" */
  id!: string;

  name!: string;

  description!: string | null;

  /** @example "rest" */
  protocol!: string;

  /** With `********` for each secret. @example {"baseUrl": "https://mes.example.com/api"} */
  @ApiProperty({ type: Object })
  config!: JsonObject;

  @ApiProperty({ type: Object, example: { site: 'north' } })
  labels!: Labels;

  enabled!: boolean;

  /** What it does at this moment. */
  @ApiProperty({ enum: CONNECTION_STATES })
  status!: ConnectionState;

  /** Counts the changes; the ETag is made from it. */
  version!: number;

  createdAt!: Date;

  /** Id of the user. */
  createdBy!: string;

  updatedAt!: Date;

  /** Id of the user. */
  updatedBy!: string;
}

export class ConnectionTest {
  /** Whether the other side is there and lets us in. */
  success!: boolean;

  /** What is wrong where it is not, for people. */
  message!: string | null;

  durationMs!: number;
}

export const toConnectionView = (connection: Connection, status: ConnectionState = 'idle'): ConnectionView => ({
  id: connection.id,
  name: connection.name,
  description: connection.description,
  protocol: connection.protocol,
  config: connection.config,
  labels: connection.labels,
  enabled: connection.enabled,
  status,
  version: connection.version,
  createdAt: connection.createdAt,
  createdBy: connection.createdBy,
  updatedAt: connection.updatedAt,
  updatedBy: connection.updatedBy,
});
