import type { JsonValue } from '#kernel';
import { SchemaChecks } from './schema-checks';
import { judgeOf } from './judge';
import type { SchemaRules } from './schema-rules';

const NONE = { modelId: null, modelVersion: null, modelSchema: null, unit: null };
const EMPTY: SchemaRules = { ...NONE, mode: 'strict', schema: null, min: null, max: null };

const checks = new SchemaChecks();
const judge = (rules: Partial<SchemaRules>) =>
  judgeOf({ ...EMPTY, ...rules, version: 3 }, (schema) => checks.of(schema));

const said = (rules: Partial<SchemaRules>, value: JsonValue): string | undefined => {
  const verdict = judge(rules)?.(value);
  return verdict && `${verdict.reason}: ${verdict.message}`;
};

const speed = { type: 'object', required: ['speed'], properties: { speed: { type: 'number', minimum: 0 } } };

it.each<[Partial<SchemaRules>, JsonValue, string | undefined]>([
  [{ schema: { type: 'number' } }, 1, undefined],
  [{ schema: { type: 'number' } }, '1', 'wrong_type: must be number'],
  [{ schema: { type: 'number' } }, null, 'wrong_type: must be number'],
  [{ schema: { type: 'integer', title: 'Count' } }, 1.5, 'wrong_type: must be integer'],
  [{ schema: { type: ['number', 'null'] } }, null, undefined],
  [{ schema: { type: ['number', 'null'] } }, [], 'wrong_type: must be number or null'],
  [{ schema: { type: 'object' } }, [], 'wrong_type: must be object'],
  [{ schema: speed }, { speed: 1 }, undefined],
  [{ schema: speed }, {}, 'schema_mismatch: speed is required'],
  [{ schema: speed }, { speed: -1 }, 'schema_mismatch: speed must be >= 0'],
  [{ schema: speed }, 1, 'schema_mismatch: must be object'],
  [{ modelSchema: speed }, {}, 'schema_mismatch: speed is required'],
  [{ min: 0 }, 0, undefined],
  [{ min: 0 }, -0.1, 'out_of_range: must be at least 0'],
  [{ max: 10 }, 10.1, 'out_of_range: must be at most 10'],
  [{ min: 0, max: 10 }, '5', 'wrong_type: must be number'],
  [{ min: 0 }, null, 'wrong_type: must be number'],
  [{ min: 0, schema: { type: ['number', 'null'] } }, null, undefined],
  [{ min: 0, schema: { type: 'number' } }, -1, 'out_of_range: must be at least 0'],
  [{ min: 0, schema: speed }, { speed: 1 }, undefined],
])('%j of %j says %s', (rules, value, expected) => {
  expect(said(rules, value)).toBe(expected);
});

it('refuses or lowers by the mode, and names its version', () => {
  const rules = { min: 0 };
  expect(judge(rules)?.(-1)).toMatchObject({ outcome: 'refuse', schemaVersion: 3 });
  expect(judge({ ...rules, mode: 'lenient' })?.(-1)).toMatchObject({ outcome: 'lower' });
});

it.each<Partial<SchemaRules>>([{ mode: 'off', min: 0 }, { unit: '°C' }])('has nothing to say for %j', (rules) => {
  expect(judge(rules)).toBeUndefined();
});
