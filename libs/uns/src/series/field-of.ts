import type { JsonValue } from '#kernel';

/** What stands at a dotted place of a value, as PostgreSQL's `#>` finds it; undefined where there is no such place. */
export function fieldOf(value: JsonValue, field: string | null): JsonValue | undefined {
  if (field === null) return value;
  return field.split('.').reduce<JsonValue | undefined>(memberOf, value);
}

function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (Array.isArray(value)) return /^-?\d+$/.test(name) ? value.at(Number(name)) : undefined;
  return Object.hasOwn(value, name) ? value[name] : undefined;
}
