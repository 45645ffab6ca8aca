import type { FieldProblem, JsonValue } from '#kernel';
import { SchemaValidator } from '#platform/json-schema';
import { withDefaults } from './model-defaults';
import { modelSchema } from './model-schema';
import type { Model } from './model.entity';
import { sensitivePaths, valuesAt, type PathStep } from './sensitive-paths';

/** One version of a model, ready to check many values. */
export class ModelValidator {
  readonly version: number;
  /** Where values hold what must not be written down in clear. */
  readonly sensitive: readonly PathStep[][];
  private readonly schema: SchemaValidator;
  private readonly fields: Model['fields'];

  constructor({ name, version, fields }: Pick<Model, 'name' | 'version' | 'fields'>) {
    this.version = version;
    this.fields = fields;
    this.sensitive = sensitivePaths(fields);
    this.schema = new SchemaValidator(modelSchema(name, fields));
  }

  /** What is wrong with the value, each by its place; at most 100. */
  problems(value: JsonValue): FieldProblem[] {
    return this.schema.problems(value);
  }

  /** A copy with the defaults of what is missing; the value itself where nothing is. */
  withDefaults(value: JsonValue): JsonValue {
    return withDefaults(this.fields, value);
  }

  /** What of the value must not be written down in clear. */
  sensitiveValues(value: JsonValue): JsonValue[] {
    return valuesAt(value, this.sensitive);
  }
}
