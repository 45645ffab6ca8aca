import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayMinSize, IsArray, IsString, MaxLength } from 'class-validator';

export class StreamQuery {
  /** MQTT topic filters, the parameter once for each of up to 200. @example ["mHv1.0/factory/#"] */
  @Transform(({ value }: { value: unknown }) => (value === undefined ? value : [value].flat()))
  @IsArray()
  @ArrayMinSize(1, { message: 'topic is required' })
  @ArrayMaxSize(200)
  @IsString({ each: true })
  @MaxLength(1_024, { each: true })
  topic!: string[];
}
