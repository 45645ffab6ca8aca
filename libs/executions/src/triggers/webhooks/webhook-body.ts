import { raw, type Request, type Response } from 'express';
import { DomainError, type JsonValue } from '#kernel';
import { bodyError } from '#platform/http';

/** Bytes of one body, after it was decompressed. */
const LARGEST_BODY = 10 * 1024 * 1024;

const readRaw = raw({ limit: LARGEST_BODY, type: () => true });

/** The bytes of a body; none where there is none. @throws DomainError `payload_too_large`, `bad_request` */
export async function readBody(request: Request, response: Response): Promise<Buffer> {
  await new Promise<void>((resolve, reject) => {
    readRaw(request, response, (error?: unknown) => {
      if (error === undefined) resolve();
      else reject(bodyError(error, LARGEST_BODY));
    });
  });
  const body: unknown = request.body;
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

const JSON_TYPE = /^application\/(json|[^;]+\+json)$/;
const FORM_TYPE = 'application/x-www-form-urlencoded';
const TEXT_TYPE = /^(text\/.+|application\/(xml|[^;]+\+xml|yaml|x-ndjson))$/;

/**
 * What a pipeline sees of a body: the value of JSON, the fields of a form, a text as it is; anything else as
 * `{contentType, base64}`, and null for no body. @throws DomainError `bad_request`
 */
export function payloadOf(body: Buffer, contentType: string | undefined): JsonValue {
  if (body.length === 0) return null;
  const [type = '', ...parameters] = (contentType ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  if (JSON_TYPE.test(type)) return jsonOf(body);
  if (type === FORM_TYPE) return fieldsOf(new URLSearchParams(body.toString('utf8')));
  const text = TEXT_TYPE.test(type) ? textOf(body, parameters) : undefined;
  return text ?? { contentType: contentType ?? null, base64: body.toString('base64') };
}

/** Names with their values; a list where a name comes more than once. */
export function fieldsOf(fields: URLSearchParams): Record<string, JsonValue> {
  const all = new Map<string, string[]>();
  for (const [name, value] of fields) {
    const values = all.get(name);
    if (values) values.push(value);
    else all.set(name, [value]);
  }
  return Object.fromEntries([...all].map(([name, values]) => [name, values.length === 1 ? values[0]! : values]));
}

function jsonOf(body: Buffer): JsonValue {
  try {
    return JSON.parse(body.toString('utf8').replace(/^\ufeff/, '')) as JsonValue;
  } catch {
    throw new DomainError('bad_request', 'Body is not valid JSON');
  }
}

/** Nothing for an encoding that is not known here. */
function textOf(body: Buffer, parameters: readonly string[]): string | undefined {
  const charset = parameters.find((parameter) => parameter.startsWith('charset='))?.slice('charset='.length);
  try {
    return new TextDecoder(charset?.replaceAll('"', '') ?? 'utf-8').decode(body);
  } catch {
    return undefined;
  }
}
