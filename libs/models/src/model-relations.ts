import type { FieldProblem } from '#kernel';
import type { FieldShape, ModelField } from './model-field';
import { MOST_FIELDS } from './model-rules';

/** A model as another one sees it. */
export interface NamedModel {
  id: string;
  name: string;
  fields: readonly ModelField[];
}

/** Ids of the models that the fields name, on all levels. */
export function modelsNamedBy(fields: readonly FieldShape[]): Set<string> {
  const found = new Set<string>();
  const visit = ({ modelId, fields: inner = [], items }: FieldShape): void => {
    if (modelId !== undefined) found.add(modelId);
    for (const shape of items ? [items, ...inner] : inner) visit(shape);
  };
  fields.forEach(visit);
  return found;
}

/**
 * The model's fields with those of the models that it names in their places, and what is wrong with that: a model that is
 * not there, models that name one another, more fields than a model may have.
 */
export function resolveRelations(
  model: NamedModel,
  named: ReadonlyMap<string, NamedModel>,
): { fields: ModelField[]; problems: FieldProblem[] } {
  const problems: FieldProblem[] = [];
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
    if (!other) return refuse(`Model ${id} not found`);
    return members(other.fields, `${place}.fields`, [...path, other]);
  };

  const fields = members(model.fields, 'fields', [model]);
  if (left >= 0) return { fields, problems };
  const message = `Fields must not be more than ${MOST_FIELDS} on all levels, with those of models that are named`;
  return { fields, problems: [...problems, { field: 'fields', message }] };
}
