import type { FieldProblem, JsonValue } from '#kernel';

/* What stores of objects have in common: types and metadata travel in headers. */

const ONE_LINE = /^[\x20-\x7e]*$/;

export function typeProblems(contentType: string | undefined): FieldProblem[] {
  if (contentType === undefined || ONE_LINE.test(contentType)) return [];
  return [{ field: 'contentType', message: 'contentType must be one line of ASCII letters' }];
}

/** @param name what names have to match, and how that is told. */
export function metadataProblems(
  metadata: Record<string, string> = {},
  name: { pattern: RegExp; says: string },
): FieldProblem[] {
  return Object.entries(metadata).flatMap(([key, value]) => {
    const field = `metadata.${key}`;
    if (!name.pattern.test(key)) return [{ field, message: `${field} must have a name of ${name.says}` }];
    return ONE_LINE.test(value) ? [] : [{ field, message: `${field} must be one line of ASCII letters` }];
  });
}

/** The media type of what is written, where nobody says another. */
export function mediaTypeOf(content: JsonValue, format: string | undefined): string {
  if (format === 'base64') return 'application/octet-stream';
  return format === 'json' || typeof content !== 'string' ? 'application/json' : 'text/plain; charset=utf-8';
}

/** Characters that are told of what a server says, as one line. */
const TOLD = 500;

export const saidInOneLine = (said: string): string =>
  said
    .replace(/[\x00-\x1f\x7f]+/g, ' ')
    .slice(0, TOLD)
    .toWellFormed();
