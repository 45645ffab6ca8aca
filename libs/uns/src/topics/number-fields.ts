import type { JsonValue } from '#kernel';

/** Of one value; no chart could show more. */
const MOST_FIELDS = 200;
const MOST_LEVELS = 8;

/**
 * The numbers in an object, by names with dots as `field` of a range takes them, in the order of the document. Names with
 * dots of their own cannot be told from these, and are left out.
 */
export function numberFields(value: JsonValue): string[] {
  const found: string[] = [];
  collect(value, '', MOST_LEVELS, found);
  return found;
}

function collect(value: JsonValue, prefix: string, levels: number, found: string[]): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || levels === 0) return;
  for (const [name, part] of Object.entries(value)) {
    if (found.length >= MOST_FIELDS) return;
    if (name === '' || name.includes('.')) continue;
    if (typeof part === 'number') found.push(prefix + name);
    else collect(part, `${prefix}${name}.`, levels - 1, found);
  }
}
