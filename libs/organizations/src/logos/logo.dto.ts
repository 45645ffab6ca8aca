import { ApiProperty } from '@nestjs/swagger';
import { LOGO_TYPES, type LogoType } from './logo.entity';

/** A form with one file; its type is told by its content. */
export class LogoUpload {
  /** PNG, JPEG, WebP or SVG of at most 2 MiB; an SVG of at most 256 KiB, of which what is not harmless is left out. */
  @ApiProperty({ type: 'string', format: 'binary' })
  file!: unknown;
}

export class LogoView {
  @ApiProperty({ enum: LOGO_TYPES })
  mediaType!: LogoType;

  /** As it is served. */
  bytes!: number;
}
