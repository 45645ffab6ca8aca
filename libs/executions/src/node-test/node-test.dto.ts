import { ApiProperty } from '@nestjs/swagger';
import { IsObject, IsOptional } from 'class-validator';
import type { JsonValue } from '#kernel';
import type { JsonObject } from '#pipelines';
import { ExecutionError } from '../dto/execution.dto';

export const TEST_STATUSES = ['completed', 'failed', 'skipped'] as const;

export class NodeTestInput {
  /** What `$trigger` is, any JSON; `{"payload": …}` with the trigger's `outputData` where nothing is given. */
  @IsOptional()
  @ApiProperty({ required: false, type: Object, example: { payload: { temperature: 21.5 } } })
  trigger?: JsonValue;

  /** Outputs of earlier nodes by their names: these are taken as given, and neither they nor what only they need is run. */
  @IsOptional()
  @IsObject()
  @ApiProperty({ required: false, type: Object, example: {} })
  upstream?: JsonObject;

  /** Parameters in the place of the saved ones; those left out stay as they are saved. */
  @IsOptional()
  @IsObject()
  @ApiProperty({ required: false, type: Object, example: {} })
  parameters?: JsonObject;
}

export class NodeTestView {
  /** `skipped`: what comes before it has ended, or led elsewhere, and the node was not run. */
  @ApiProperty({ enum: TEST_STATUSES })
  status!: (typeof TEST_STATUSES)[number];

  /** What it gave, by port. @example {"out": {"result": 42}} */
  @ApiProperty({ type: Object })
  output!: JsonObject;

  /** Its parameters as computed; null where it was not run so far. */
  @ApiProperty({ type: Object, nullable: true })
  inputUsed!: JsonValue;

  /** Why it failed, or a node before it. */
  error!: ExecutionError | null;

  /** Of the node itself, in milliseconds. */
  durationMs!: number;

  /** What was run for it, by the nodes' names: of a node in a loop, its first item. */
  @ApiProperty({ type: Object })
  upstream!: JsonObject;
}
