import { isUtf8 } from 'node:buffer';
import { invalid } from '#kernel';
import { looksLikeSvg } from './harmless-svg';
import { LOGO_TYPES, type LogoType } from './logo.entity';

/**
 * What an upload really is, by its content: name and declared type of files are whatever the sender says.
 * @throws DomainError `bad_request` for anything but PNG, JPEG, WebP and SVG.
 */
export async function readLogo(
  content: Buffer,
  clean: (svg: string) => Promise<string>,
): Promise<{ mediaType: LogoType; content: Buffer }> {
  const { fileTypeFromBuffer } = await import('file-type');
  const found = await fileTypeFromBuffer(content);
  const mediaType = LOGO_TYPES.find((type) => type === found?.mime);
  if (mediaType && mediaType !== 'image/svg+xml') return { mediaType, content };
  // Text is told apart here alone: libraries guess it by its first bytes.
  const text = isUtf8(content) ? content.toString('utf8') : '';
  if (!looksLikeSvg(text)) throw invalid({ field: 'file', message: 'File must be a PNG, JPEG, WebP or SVG image' });
  return { mediaType: 'image/svg+xml', content: Buffer.from(await clean(text)) };
}
