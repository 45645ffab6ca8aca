import type { FieldProblem, JsonValue } from '#kernel';

/** RFC 9110, section 5.6.2. */
export const HEADER_NAME = "^[A-Za-z0-9!#$%&'*+.^_`|~-]+$";

/** Header names are the same whatever their case. */
export function headerProblems(headers: Readonly<Record<string, JsonValue>>, field: string): FieldProblem[] {
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  return Object.keys(headers)
    .filter((name, index) => names.indexOf(name.toLowerCase()) < index)
    .map((name) => ({ field: `${field}.${name}`, message: `Header ${name} is given twice` }));
}

/** What belongs to the connection (RFC 9110, sections 6.6 and 7.6), or would speak for the whole origin. */
const REFUSED: ReadonlySet<string> = new Set([
  'alt-svc',
  'clear-site-data',
  'connection',
  'content-length',
  'date',
  'keep-alive',
  'nel',
  'proxy-authenticate',
  'proxy-connection',
  'report-to',
  'reporting-endpoints',
  'service-worker-allowed',
  'set-cookie',
  'strict-transport-security',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Visible characters, blanks and tabs: nothing ends a header line (RFC 9110, section 5.5). */
const CONTROL = /[\0-\x08\x0a-\x1f\x7f]|[^\0-\xff]/;

/** What is wrong with the headers of an answer that users write. */
export function answerHeaderProblems(headers: Readonly<Record<string, JsonValue>>, field: string): FieldProblem[] {
  const wrong = Object.entries(headers).flatMap(([name, value]) => {
    if (REFUSED.has(name.toLowerCase()))
      return [{ field: `${field}.${name}`, message: `Header ${name} cannot be set` }];
    if (typeof value !== 'string' || !CONTROL.test(value)) return [];
    return [{ field: `${field}.${name}`, message: `Header ${name} has characters that no header may have` }];
  });
  return [...headerProblems(headers, field), ...wrong];
}
