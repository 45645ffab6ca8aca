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
