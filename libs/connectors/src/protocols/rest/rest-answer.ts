import { promisify, MIMEType } from 'node:util';
import { brotliDecompress, gunzip, inflate } from 'node:zlib';
import type { JsonValue } from '#kernel';
import type { Dispatcher } from 'undici';
import { ConnectorError } from '../../calls/connector-error';
import type { JsonObject } from '../protocol';
import { MIB, readBytes } from '../support/http-agent';

/** Bytes, also after decompression. */
export const LARGEST_ANSWER = 10 * MIB;
/** Characters of a failed answer that are told. */
const TOLD = 4_096;

export interface RestAnswer {
  status: number;
  headers: Record<string, string | string[]>;
  body: Buffer;
}

const tooLarge = (): ConnectorError => new ConnectorError('The answer is larger than 10 MiB');

/** Reads the answer to its end. @throws ConnectorError for one that is too large or encoded as nobody knows. */
export async function readAnswer({ statusCode, headers, body }: Dispatcher.ResponseData): Promise<RestAnswer> {
  const bytes = await readBytes(body, LARGEST_ANSWER);
  const plain = Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined));
  const encoding = [headers['content-encoding']].flat().join(',').toLowerCase();
  return {
    status: statusCode,
    headers: plain as RestAnswer['headers'],
    body: await decoded(bytes, encoding),
  };
}

const DECODERS: Readonly<Record<string, (body: Buffer, options: { maxOutputLength: number }) => Promise<Buffer>>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  deflate: promisify(inflate),
  br: promisify(brotliDecompress),
};

async function decoded(body: Buffer, encoding: string): Promise<Buffer> {
  if (encoding === '' || encoding === 'identity' || body.length === 0) return body;
  const decode = Object.hasOwn(DECODERS, encoding) ? DECODERS[encoding]! : undefined;
  if (!decode) throw new ConnectorError('The answer is encoded in a way that is not known');
  try {
    return await decode(body, { maxOutputLength: LARGEST_ANSWER });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge();
    throw new ConnectorError(`The answer is not the ${encoding} it is said to be`);
  }
}

/** The answer as data: JSON parsed, text as text, anything else in base64. @throws ConnectorError for JSON that is none. */
export function dataOf({ status, headers, body }: RestAnswer): JsonObject {
  if (body.length === 0) return { status, headers, body: null };
  const type = contentType(headers);
  if (isJson(type)) return { status, headers, body: parsed(body, status) };
  const text = textOf(body, type);
  if (text !== undefined) return { status, headers, body: text };
  return { status, headers, body: body.toString('base64'), bodyEncoding: 'base64' };
}

/** What is told of an answer that is a failure. */
export function failureDetails({ status, headers, body }: RestAnswer): JsonObject {
  const type = contentType(headers);
  const text = isJson(type) ? body.toString() : textOf(body, type);
  if (text === undefined || body.length === 0) return { status, headers, body: null };
  if (text.length > TOLD) return { status, headers, body: `${text.slice(0, TOLD).toWellFormed()}…` };
  return { status, headers, body: isJson(type) ? jsonOrText(text) : text };
}

function parsed(body: Buffer, status: number): JsonValue {
  try {
    return JSON.parse(new TextDecoder().decode(body)) as JsonValue;
  } catch {
    const told = body.subarray(0, TOLD).toString();
    throw new ConnectorError('The answer is not the JSON it is said to be', { details: { status, body: told } });
  }
}

function jsonOrText(text: string): JsonValue {
  try {
    return JSON.parse(text) as JsonValue;
  } catch {
    return text;
  }
}

function contentType(headers: RestAnswer['headers']): MIMEType | undefined {
  try {
    return new MIMEType(String(headers['content-type']));
  } catch {
    return undefined;
  }
}

const isJson = (type: MIMEType | undefined): boolean =>
  type !== undefined &&
  (type.essence === 'application/json' || type.subtype.endsWith('+json') || type.essence === 'text/json');

const TEXTUAL = /^application\/(?:.*\+)?(?:xml|javascript|x-www-form-urlencoded|yaml|x-ndjson|sql|graphql)$/;

/** The text of a body that is one; undefined for bytes. */
function textOf(body: Buffer, type: MIMEType | undefined): string | undefined {
  const textual = !type || type.type === 'text' || TEXTUAL.test(type.essence);
  if (!textual) return undefined;
  try {
    // Without a type it is text if it can be.
    const text = new TextDecoder(type?.params.get('charset') ?? 'utf-8', { fatal: !type }).decode(body);
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}
