import { Injectable } from '@nestjs/common';
import {
  filterProblem,
  invalid,
  jsonProblem,
  MAX_TOPIC_BYTES,
  MAX_TOPIC_LEVELS,
  TOPIC_ROOT,
  type FieldProblem,
} from '#kernel';
import { ModelsService } from '#models';
import type { JsonSchema } from '#platform/json-schema';
import { schemaProblem } from './schema-limits';
import type { SchemaMode, SchemaRules } from './schema-rules';

/** Rules as a caller writes them. */
export interface RulesGiven {
  mode: SchemaMode;
  schema?: JsonSchema | null;
  modelId?: string | null;
  modelVersion?: number | null;
  unit?: string | null;
  min?: number | null;
  max?: number | null;
}

/** Makes rules that hold of what callers write. */
@Injectable()
export class SchemaReader {
  constructor(private readonly models: ModelsService) {}

  /** @throws DomainError `bad_request` with every problem; `not_found` for a model or version that does not exist. */
  async read(organizationId: string, given: RulesGiven): Promise<SchemaRules> {
    const [first, ...others] = rulesProblems(given);
    if (first) throw invalid(first, ...others);
    const { mode, schema = null, modelId = null, unit = null, min = null, max = null } = given;
    const rules = { mode, schema, modelId, modelVersion: null, modelSchema: null, unit, min, max };
    if (modelId === null) return rules;
    const model = await this.models.schemaOf(organizationId, modelId, given.modelVersion ?? undefined);
    return { ...rules, modelVersion: model.version, modelSchema: model.schema };
  }
}

export function rulesProblems(given: RulesGiven): FieldProblem[] {
  const { schema, modelId, modelVersion, unit, min, max } = given;
  const problems: FieldProblem[] = [];
  const report = (field: string, message: string): void => void problems.push({ field, message });
  if ([schema, modelId, unit, min, max].every((field) => field === undefined || field === null)) {
    report('schema', 'Schema, modelId, unit, min or max is required');
  }
  if (schema && modelId) report('modelId', 'ModelId cannot be given beside a schema');
  if (modelVersion && !modelId) report('modelVersion', 'ModelVersion needs a modelId');
  if (typeof min === 'number' && typeof max === 'number' && min > max) report('min', 'Min must not be above max');
  const problem = schema && (jsonProblem(schema) ?? schemaProblem(schema));
  if (problem) report('schema', `Schema ${problem}`);
  return problems;
}

/** What is wrong with the filter of a binding, or undefined. */
export function bindingFilterProblem(filter: string): string | undefined {
  const levels = filter.split('/');
  if (levels[0] !== TOPIC_ROOT || levels.length < 2) return `Filter must start with ${TOPIC_ROOT}/`;
  if (levels.length > MAX_TOPIC_LEVELS + 1) return `Filter must have at most ${MAX_TOPIC_LEVELS + 1} levels`;
  if (levels.includes('')) return 'Filter must not contain empty levels';
  if (!filter.isWellFormed()) return 'Filter must be valid Unicode';
  // No topic is longer, and no index of the graph has room for more.
  if (Buffer.byteLength(filter) > MAX_TOPIC_BYTES) return `Filter must be at most ${MAX_TOPIC_BYTES} bytes long`;
  return filterProblem(filter)?.replace(/^Topic filter/, 'Filter');
}
