import type { JsonValue } from '#kernel';
import type { FieldShape, ModelField } from './model-field';

/** Step into an object's member, or into every element of an array. */
export type PathStep = string | typeof EACH;

export const EACH = Symbol('each element');

/** Where values of a model hold what must not be written down in clear. */
export function sensitivePaths(fields: readonly ModelField[]): PathStep[][] {
  return fields.flatMap((field) => pathsOf(field).map((path) => [field.name, ...path]));
}

function pathsOf(shape: FieldShape): PathStep[][] {
  if (shape.sensitive) return [[]];
  if (shape.items) return pathsOf(shape.items).map((path) => [EACH, ...path]);
  return shape.fields ? sensitivePaths(shape.fields) : [];
}

/** What stands at those places in a value; what has another shape has nothing there. */
export const valuesAt = (value: JsonValue, paths: readonly PathStep[][]): JsonValue[] =>
  paths.flatMap((path) => valuesOn(path, value));

function valuesOn([step, ...rest]: PathStep[], value: JsonValue): JsonValue[] {
  if (step === undefined) return [value];
  if (step === EACH) return Array.isArray(value) ? value.flatMap((element) => valuesOn(rest, element)) : [];
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
  return isObject && Object.hasOwn(value, step) ? valuesOn(rest, value[step]!) : [];
}
