/** Any JSON value (RFC 8259). */
export type JsonValue = null | boolean | number | string | JsonValue[] | { [key: string]: JsonValue };

/** Deeper documents are an attack on the parsers behind us, not data. */
export const MAX_JSON_DEPTH = 64;

/**
 * Why a value cannot be kept as JSON without changing it, or undefined when it can: PostgreSQL's jsonb
 * knows neither NUL nor lone surrogates, and a number beyond a double has become Infinity in the parser.
 */
export function jsonProblem(value: unknown, depth = 0): string | undefined {
  switch (typeof value) {
    case 'number':
      return Number.isFinite(value) ? undefined : 'contains a number out of range';
    case 'string':
      return textProblem(value);
    case 'object': {
      if (value === null) return undefined;
      if (depth === MAX_JSON_DEPTH) return `is nested deeper than ${MAX_JSON_DEPTH} levels`;
      // Not by keys: `for … in` makes a text of every index, which takes a second for a long array.
      if (Array.isArray(value)) return firstProblem(value, depth);
      for (const key in value) {
        const problem = textProblem(key) ?? jsonProblem((value as Record<string, unknown>)[key], depth + 1);
        if (problem) return problem;
      }
      return undefined;
    }
    case 'boolean':
      return undefined;
    default:
      return 'is not JSON';
  }
}

function firstProblem(items: readonly unknown[], depth: number): string | undefined {
  for (const item of items) {
    const problem = jsonProblem(item, depth + 1);
    if (problem) return problem;
  }
  return undefined;
}

/** Why PostgreSQL could not keep a text, or undefined when it can. */
export function textProblem(text: string): string | undefined {
  if (text.includes('\0')) return 'contains the NUL character';
  return text.isWellFormed() ? undefined : 'is not valid Unicode';
}
