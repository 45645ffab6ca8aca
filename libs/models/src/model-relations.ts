import type { FieldProblem } from '#kernel';
import type { FieldShape, ModelField } from './model-field';
import { MOST_FIELDS } from './model-rules';

/** A model as another one sees it. */
export interface NamedModel {
  id: string;
  name: string;
  fields: readonly ModelField[];
}

/** Where fields name models, on all levels: `fields[0].items.modelId`. */
export function namedPlaces(fields: readonly FieldShape[]): { modelId: string; place: string }[] {
  const visit = ({ modelId, fields: inner = [], items }: FieldShape, place: string): ReturnType<typeof namedPlaces> => [
    ...(modelId !== undefined ? [{ modelId, place: `${place}.modelId` }] : []),
    ...(items ? visit(items, `${place}.items`) : []),
    ...inner.flatMap((field, index) => visit(field, `${place}.fields[${index}]`)),
  ];
  return fields.flatMap((field, index) => visit(field, `fields[${index}]`));
}

/** Ids of the models that the fields name, on all levels. */
export const modelsNamedBy = (fields: readonly FieldShape[]): Set<string> =>
  new Set(namedPlaces(fields).map(({ modelId }) => modelId));

/** A model in which others stand in the places that name them. */
export interface ResolvedModel {
  fields: ModelField[];
  /** A model that is not there, models that name one another, more fields than a model may have. */
  problems: FieldProblem[];
  /** Ids of the models that are not there. */
  missing: ReadonlySet<string>;
}

/** The model's fields with those of the models that it names in their places, and what is wrong with that. */
export function resolveRelations(model: NamedModel, named: ReadonlyMap<string, NamedModel>): ResolvedModel {
  const problems: FieldProblem[] = [];
  const missing = new Set<string>();
  let left = MOST_FIELDS;

  const shape = <S extends FieldShape>(own: S, place: string, path: readonly NamedModel[]): S => {
    if (--left < 0) return own;
    const { modelId, ...rest } = own;
    if (modelId !== undefined) return { ...rest, fields: fieldsOf(modelId, place, path) } as unknown as S;
    return {
      ...own,
      ...(own.items && { items: shape(own.items, `${place}.items`, path) }),
      ...(own.fields && { fields: members(own.fields, `${place}.fields`, path) }),
    };
  };

  const members = (fields: readonly ModelField[], place: string, path: readonly NamedModel[]): ModelField[] =>
    fields.map((field, index) => shape(field, `${place}[${index}]`, path));

  const fieldsOf = (id: string, place: string, path: readonly NamedModel[]): ModelField[] => {
    const refuse = (message: string): ModelField[] => {
      problems.push({ field: `${place}.modelId`, message });
      return [];
    };
    const begin = path.findIndex((before) => before.id === id);
    if (begin !== -1) {
      const names = [...path.slice(begin), path[begin]!].map(({ name }) => name);
      return refuse(`Models must not name one another: ${names.join(' → ')}`);
    }
    const other = named.get(id);
    if (!other) {
      missing.add(id);
      return refuse(`Model ${id} not found`);
    }
    return members(other.fields, `${place}.fields`, [...path, other]);
  };

  const fields = members(model.fields, 'fields', [model]);
  if (left >= 0) return { fields, problems, missing };
  const message = `Fields must not be more than ${MOST_FIELDS} on all levels, with those of models that are named`;
  return { fields, problems: [...problems, { field: 'fields', message }], missing };
}
