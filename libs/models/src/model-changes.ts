import { isDeepStrictEqual } from 'node:util';
import type { JsonValue } from '#kernel';
import type { FieldShape, ModelField } from './model-field';

/** What of a model is kept in its versions. */
export interface ModelContent {
  name: string;
  description: string | null;
  fields: readonly ModelField[];
}

/** Between two versions. Fields are named by their way from the top: `lines[].speed`. */
export interface ModelChanges {
  name?: { from: string; to: string };
  description?: { from: string | null; to: string | null };
  added: string[];
  removed: string[];
  changed: { field: string; from: JsonValue; to: JsonValue }[];
}

export function compareModels(from: ModelContent, to: ModelContent): ModelChanges {
  const before = shapesByPath(from.fields);
  const after = shapesByPath(to.fields);
  const both = [...after].filter(([path]) => before.has(path));
  return {
    ...(from.name !== to.name && { name: { from: from.name, to: to.name } }),
    ...(from.description !== to.description && { description: { from: from.description, to: to.description } }),
    added: [...after.keys()].filter((path) => !before.has(path)),
    removed: [...before.keys()].filter((path) => !after.has(path)),
    changed: both
      .filter(([path, shape]) => !isDeepStrictEqual(shape, before.get(path)))
      .map(([field, shape]) => ({ field, from: before.get(field)!, to: shape })),
  };
}

/** `2 fields added, 1 changed, renamed`. */
export function summarize({ name, description, added, removed, changed }: ModelChanges): string {
  const counts = [
    [added.length, 'added'],
    [removed.length, 'removed'],
    [changed.length, 'changed'],
  ] as const;
  const fields = counts.filter(([count]) => count > 0).map(([count, verb]) => `${count} ${verb}`);
  const [first, ...others] = fields;
  const parts = [
    ...(first === undefined ? [] : [first.replace(' ', first.startsWith('1 ') ? ' field ' : ' fields '), ...others]),
    ...(name ? ['renamed'] : []),
    ...(description ? ['description changed'] : []),
  ];
  return parts.join(', ') || 'nothing changed';
}

/** Each field without those inside it, which stand beside it under their own ways. */
function shapesByPath(fields: readonly ModelField[]): Map<string, JsonValue> {
  const shapes = new Map<string, JsonValue>();
  const visit = (shape: FieldShape, path: string): void => {
    const { items, fields: inner, ...own } = shape;
    shapes.set(path, JSON.parse(JSON.stringify({ ...own, name: undefined })) as JsonValue);
    if (items) visit(items, `${path}[]`);
    for (const field of inner ?? []) visit(field, `${path}.${field.name}`);
  };
  for (const field of fields) visit(field, field.name);
  return shapes;
}
