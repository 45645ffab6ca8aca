import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsInt, IsOptional, Max, Min } from 'class-validator';
import type { JsonValue } from '#kernel';

export class ExecuteQuery {
  /** Seconds to wait for the end; without it the answer comes as soon as the execution is stored. */
  @IsOptional()
  @Type(() => Number)
  @IsInt()
  @Min(1)
  @Max(60)
  wait?: number;
}

export class ExecuteInput {
  /** What `$trigger.payload` is in the run: any JSON. @example {"temperature": 21.5} */
  @IsOptional()
  @ApiProperty({ required: false, type: Object, example: { temperature: 21.5 } })
  payload?: JsonValue;
}
