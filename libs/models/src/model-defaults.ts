import type { JsonValue } from '#kernel';
import type { FieldShape, ModelField } from './model-field';

/** The value with the defaults of fields that are missing in it, on all levels; the value itself stays as it is. */
export function withDefaults(fields: readonly ModelField[], value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const added: [string, JsonValue][] = [];
  for (const field of fields) {
    const before = Object.hasOwn(value, field.name) ? value[field.name] : undefined;
    const after = before === undefined ? field.default : inside(field, before);
    if (after !== undefined && after !== before) added.push([field.name, after]);
  }
  return added.length === 0 ? value : { ...value, ...Object.fromEntries(added) };
}

function inside({ fields, items }: FieldShape, value: JsonValue): JsonValue {
  if (fields) return withDefaults(fields, value);
  if (!items || !Array.isArray(value)) return value;
  const elements = value.map((element) => inside(items, element));
  return elements.some((element, index) => element !== value[index]) ? elements : value;
}
