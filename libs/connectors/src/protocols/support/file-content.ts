import { isUtf8 } from 'node:buffer';
import type { JsonValue } from '#kernel';
import { ConnectorError } from '../../calls/connector-error';
import type { JsonObject } from '../protocol';
import { decodePayload, encodePayload } from './payload';
import { MIB } from './http-agent';
import { integer, oneOf } from './schema';

/*
 * Contents of files and objects: text as text, JSON where it is asked for, anything else in base64. What was read can be
 * written again with the format it came in.
 */

export const CONTENT_FORMATS = ['auto', 'text', 'json', 'base64'] as const;
export type ContentFormat = (typeof CONTENT_FORMATS)[number];

/** Mebibytes of one file. */
const USUAL_SIZE = 10;
const LARGEST_SIZE = 25;

export const maxFileMb = (): JsonObject =>
  integer('The largest content (MiB) that is read or written', 1, LARGEST_SIZE, { default: USUAL_SIZE });

export const largestOf = (config: { maxFileMb?: number }): number => (config.maxFileMb ?? USUAL_SIZE) * MIB;

export const readFormat = (): JsonObject =>
  oneOf('How the content is read; auto: as text if it is UTF-8, else in base64', CONTENT_FORMATS, 'auto');

export const writeFormat = (): JsonObject =>
  oneOf('What the content is; auto: a text is written as it is, anything else as JSON', CONTENT_FORMATS, 'auto');

export interface FileContent {
  content: JsonValue;
  format: Exclude<ContentFormat, 'auto'>;
}

/** @throws ConnectorError for bytes that are not what the format says. */
export function contentOf(bytes: Uint8Array, format: ContentFormat = 'auto'): FileContent {
  const { payload, format: found } = decodePayload(bytes, format === 'auto' ? textFormat(bytes) : format, 'content');
  return { content: payload, format: found };
}

/** @throws ConnectorError for a content that is not what the format says, or larger than so many bytes. */
export function bytesOf(content: JsonValue, format: ContentFormat | undefined, most: number): Buffer {
  const bytes = encodePayload(content, format, 'content');
  if (bytes.length > most) throw tooLarge(most);
  return bytes;
}

export const tooLarge = (most: number): ConnectorError =>
  new ConnectorError(`The content is larger than ${most / MIB} MiB`);

/** NUL is text to nobody, and PostgreSQL keeps none. */
function textFormat(bytes: Uint8Array): 'text' | 'base64' {
  return isUtf8(bytes) && !bytes.includes(0) ? 'text' : 'base64';
}
