import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020';
import formats from 'ajv-formats';
import type { FieldProblem, JsonValue } from '#kernel';
import { re2 } from './patterns';

export type JsonSchema = { [keyword: string]: JsonValue } | boolean;

/** Problems that are told of one value; a long array may have one in each place. */
export const MOST_PROBLEMS = 100;

/** A JSON Schema (draft 2020-12) ready to check values. It refers to nothing outside itself. */
export class SchemaValidator {
  private readonly validate: ValidateFunction;

  /**
   * @param tells all problems, or the first alone: quicker, and limits of length are heeded before what is costly.
   * @throws Error whose message says what is wrong with the schema.
   */
  constructor(schema: JsonSchema, tells: 'all' | 'first' = 'all') {
    // An instance for each: schemas of different tenants share no names.
    const ajv = new Ajv2020({
      allErrors: tells === 'all',
      allowUnionTypes: true,
      code: { regExp: re2 },
      // Notes such as `x-unit` are no errors.
      strict: false,
      validateFormats: true,
      logger: false,
    });
    formats(ajv);
    this.validate = ajv.compile(schema);
  }

  /** What is wrong with the value, each by its place (`lines[0].speed`); the empty place is the value itself. */
  problems(value: unknown): FieldProblem[] {
    if (this.validate(value)) return [];
    // That a branch does not hold (`if`) is told by what does not hold in it.
    const errors = (this.validate.errors ?? []).filter(({ keyword }) => keyword !== 'if');
    return errors.slice(0, MOST_PROBLEMS).map(toProblem);
  }
}

function toProblem({ instancePath, keyword, params, message }: ErrorObject): FieldProblem {
  const place = placeOf(instancePath);
  const missing = (params as { missingProperty?: string }).missingProperty;
  if (keyword === 'required' && missing !== undefined) {
    const field = place ? `${place}.${missing}` : missing;
    return { field, message: `${field} is required` };
  }
  const extra = (params as { additionalProperty?: string; unevaluatedProperty?: string }).additionalProperty;
  if (extra !== undefined) return { field: place ? `${place}.${extra}` : extra, message: `${extra} is not known` };
  return { field: place, message: `${place || 'The value'} ${wording(keyword, params as object, message)}` };
}

function wording(keyword: string, params: object, message: string | undefined): string {
  const { allowedValues } = params as { allowedValues?: JsonValue[] };
  if (keyword === 'enum' && allowedValues) {
    return `must be one of ${allowedValues.map((value) => JSON.stringify(value)).join(', ')}`.slice(0, 300);
  }
  return message ?? `breaks ${keyword}`;
}

/** A JSON Pointer as people write places: `/lines/0/speed` to `lines[0].speed`. */
export const placeOf = (pointer: string): string =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce((place, part) => (/^\d+$/.test(part) ? `${place}[${part}]` : place ? `${place}.${part}` : part), '');
