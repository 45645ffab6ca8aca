import type { JsonSchema } from '#platform/json-schema';
import { schemaProblem } from './schema-limits';

/** Doubles at every level: a few hundred bytes, and 2^20 checks of each value. */
function doubling(levels: number): JsonSchema {
  const defs = Array.from({ length: levels }, (_, level) => [
    `l${level}`,
    level === 0 ? { type: 'number' } : { allOf: [1, 2].map(() => ({ $ref: `#/$defs/l${level - 1}` })) },
  ]);
  return { $ref: `#/$defs/l${levels - 1}`, $defs: Object.fromEntries(defs) as never };
}

const nested = (levels: number): JsonSchema =>
  levels === 0 ? { type: 'number' } : { properties: { a: nested(levels - 1) } };

it.each<JsonSchema>([
  { type: 'number' },
  { $id: 'https://example.com/a', type: 'object', properties: { a: { $ref: '#/$defs/a~1b' } }, $defs: { 'a/b': {} } },
  { type: 'array', uniqueItems: true, maxItems: 100 },
  { type: 'string', pattern: '^(a+)+$' },
  { properties: { $ref: { type: 'string' } } },
  doubling(6),
])('takes %j', (schema) => {
  expect(schemaProblem(schema)).toBeUndefined();
});

it.each<[JsonSchema, string | RegExp]>([
  [{ description: 'x'.repeat(70_000) }, 'must be at most 65536 characters of JSON'],
  [nested(20), 'must not be nested deeper than 32 levels'],
  [doubling(9), /1000 parts/],
  [{ properties: { next: { $ref: '#' } } }, 'must not go round: # leads back to itself'],
  [{ $ref: '#/$defs/a', $defs: { a: { $ref: '#/$defs/b' }, b: { $ref: '#/$defs/a' } } }, /must not go round/],
  [{ $ref: 'https://example.com/other' }, 'must refer to its own parts alone, as #/$defs/name'],
  [{ $dynamicRef: '#a' }, 'must not use $dynamicRef'],
  [{ properties: { a: { $id: 'https://example.com/a' } } }, 'may have $id at its root alone'],
  [{ uniqueItems: true }, /uniqueItems/],
  [{ type: 'nothing' }, /is no JSON Schema/],
  [{ pattern: '(' }, /is no JSON Schema/],
  [{ $ref: '#/$defs/none' }, /is no JSON Schema/],
])('refuses %j', (schema, problem) => {
  expect(schemaProblem(schema)).toMatch(problem);
});
