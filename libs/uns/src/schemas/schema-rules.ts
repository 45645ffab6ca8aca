import type { JsonSchema } from '#platform/json-schema';

export const SCHEMA_MODES = ['strict', 'lenient', 'off'] as const;
/** What becomes of values that break the rules: refused, stored with lowered quality, or stored as any other. */
export type SchemaMode = (typeof SCHEMA_MODES)[number];

/** What values of a topic have to be. */
export interface SchemaRules {
  mode: SchemaMode;
  schema: JsonSchema | null;
  /** Instead of a schema of its own: a model, held to one version … */
  modelId: string | null;
  modelVersion: number | null;
  /** … and what that version says as JSON Schema, with all that it named when it was chosen. */
  modelSchema: JsonSchema | null;
  /** Of numbers; for people. */
  unit: string | null;
  min: number | null;
  max: number | null;
}

export const RULE_FIELDS = ['mode', 'schema', 'modelId', 'modelVersion', 'unit', 'min', 'max'] as const;
