import type { FieldProblem, JsonValue } from '#kernel';
import { patternProblem, SchemaValidator } from '#platform/json-schema';
import type { FieldShape, FieldType, ModelField } from './model-field';
import { modelSchema } from './model-schema';

/** Objects in objects in arrays …: deeper ones are no contract that anybody reads. */
export const DEEPEST_FIELD = 8;
/** Of one model, on all levels. */
export const MOST_FIELDS = 1_000;

/** The limits that a type knows, beside those that every field has. */
const LIMITS: Record<FieldType, readonly (keyof FieldShape)[]> = {
  string: ['minLength', 'maxLength', 'pattern'],
  integer: ['min', 'max'],
  number: ['min', 'max'],
  boolean: [],
  datetime: [],
  object: ['fields', 'modelId'],
  array: ['items', 'minLength', 'maxLength'],
  enum: ['enum'],
  uuid: [],
  binary: ['minLength', 'maxLength'],
};

const ALL_LIMITS = [...new Set(Object.values(LIMITS).flat())];

/** What does not fit together in the fields of a model; each is sound by itself already. Places as in `fields[0].min`. */
export function modelProblems(fields: readonly ModelField[]): FieldProblem[] {
  if (countOf(fields) > MOST_FIELDS) {
    return [{ field: 'fields', message: `Fields must not be more than ${MOST_FIELDS} on all levels` }];
  }
  return membersProblems(fields, 'fields', 1);
}

function membersProblems(fields: readonly ModelField[], place: string, depth: number): FieldProblem[] {
  const names = fields.map(({ name }) => name);
  return fields.flatMap((field, index) => {
    const own = `${place}[${index}]`;
    const twice = names.indexOf(field.name) < index;
    return [
      ...(twice ? [{ field: `${own}.name`, message: `Name ${field.name} is given to two fields` }] : []),
      // A schema with a member of that name cannot leave in a file.
      ...(field.name === '__proto__' ? [{ field: `${own}.name`, message: 'Name must not be __proto__' }] : []),
      ...shapeProblems(field, own, depth),
    ];
  });
}

function shapeProblems(shape: FieldShape, place: string, depth: number): FieldProblem[] {
  if (depth > DEEPEST_FIELD)
    return [{ field: place, message: `Fields must not be deeper than ${DEEPEST_FIELD} levels` }];
  const problems: FieldProblem[] = [];
  const refuse = (field: keyof FieldShape, message: string): void =>
    void problems.push({ field: `${place}.${field}`, message });
  const { type, min, max, minLength, maxLength, pattern, items, fields } = shape;
  for (const limit of ALL_LIMITS) {
    if (shape[limit] !== undefined && !LIMITS[type].includes(limit)) refuse(limit, `${limit} is not for type ${type}`);
  }
  if (min !== undefined && max !== undefined && min > max) refuse('min', 'min must not be more than max');
  if (minLength !== undefined && maxLength !== undefined && minLength > maxLength) {
    refuse('minLength', 'minLength must not be more than maxLength');
  }
  const badPattern = pattern === undefined ? undefined : patternProblem(pattern);
  if (badPattern !== undefined) refuse('pattern', `pattern cannot be used: ${badPattern}`);
  if (shape.modelId !== undefined && fields) refuse('modelId', 'modelId and fields must not be given both');
  if (type === 'enum' && !shape.enum?.length) refuse('enum', 'enum is required for type enum');
  if (type === 'array' && items) problems.push(...shapeProblems(items, `${place}.items`, depth + 1));
  if (type === 'object' && fields) problems.push(...membersProblems(fields, `${place}.fields`, depth + 1));
  // Only a shape that is sound can say what fits it.
  if (problems.length === 0 && shape.default !== undefined) problems.push(...defaultProblems(shape, place));
  return problems;
}

function defaultProblems(shape: FieldShape, place: string): FieldProblem[] {
  const schema = modelSchema('', [{ ...shape, name: 'default' }]);
  const found = new SchemaValidator(schema).problems({ default: shape.default as JsonValue });
  return found.map(({ message }) => ({ field: `${place}.default`, message }));
}

const countOf = (fields: readonly FieldShape[]): number =>
  fields.reduce((sum, { fields: inner = [], items }) => sum + 1 + countOf(inner) + (items ? countOf([items]) : 0), 0);
