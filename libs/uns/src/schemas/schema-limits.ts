import { MAX_JSON_DEPTH, type JsonValue } from '#kernel';
import { SchemaValidator, type JsonSchema } from '#platform/json-schema';

/*
 * Schemas are written by users and run for every value, in the process that stores those of everybody. What a value can
 * cost is bounded here: no reference leads back to where it comes from, and all of them written out are no long schema.
 */

export const MOST_SCHEMA_CHARACTERS = 65_536;

interface Limits {
  characters: number;
  depth: number;
  /** Objects in the schema with every reference written out. */
  parts: number;
}

const OF_PEOPLE: Limits = { characters: MOST_SCHEMA_CHARACTERS, depth: 32, parts: 1_000 };
/** More than what a model with all fields that it may have is as JSON Schema. */
export const OF_MODELS: Limits = { characters: 4_194_304, depth: MAX_JSON_DEPTH, parts: 10_000 };
const MOST_UNIQUE_ITEMS = 1_000;

/** Keywords that find their target while a value is checked, or change what references lead to. */
const UNBOUNDED = ['$dynamicRef', '$recursiveRef', '$dynamicAnchor', '$recursiveAnchor', '$anchor'];

type Part = { [keyword: string]: JsonValue };

/** What is wrong with a schema for values, in words that follow its name, or undefined. */
export function schemaProblem(schema: JsonSchema, limits = OF_PEOPLE): string | undefined {
  if (JSON.stringify(schema).length > limits.characters) {
    return `must be at most ${limits.characters} characters of JSON`;
  }
  const problem = new Walk(schema, limits).problem();
  if (problem) return problem;
  try {
    new SchemaValidator(schema, 'first');
    return undefined;
  } catch (error) {
    return `is no JSON Schema (draft 2020-12): ${(error as Error).message}`.slice(0, 500);
  }
}

class Walk {
  private parts = 0;

  constructor(
    private readonly root: JsonSchema,
    private readonly limits: Limits,
  ) {}

  problem(): string | undefined {
    return this.walk(this.root, 1, []);
  }

  /** Everything is looked at as if it were a schema: constants and examples too, which costs nobody anything. */
  private walk(node: JsonValue, depth: number, references: readonly string[]): string | undefined {
    if (typeof node !== 'object' || node === null) return undefined;
    const most = this.limits;
    if (depth > most.depth) return `must not be nested deeper than ${most.depth} levels`;
    if (!Array.isArray(node)) {
      if (++this.parts > most.parts) return `must not have more than ${most.parts} parts, references written out`;
      const problem = this.ownProblem(node, depth, references);
      if (problem) return problem;
    }
    for (const child of Object.values(node)) {
      const problem = this.walk(child, depth + 1, references);
      if (problem) return problem;
    }
    return undefined;
  }

  private ownProblem(part: Part, depth: number, references: readonly string[]): string | undefined {
    const unbounded = UNBOUNDED.find((keyword) => typeof part[keyword] === 'string' || part[keyword] === true);
    if (unbounded) return `must not use ${unbounded}`;
    if (typeof part.$id === 'string' && part !== this.root) return 'may have $id at its root alone';
    if (part.uniqueItems === true && !(Number(part.maxItems) <= MOST_UNIQUE_ITEMS)) {
      return `must bound uniqueItems by a maxItems of at most ${MOST_UNIQUE_ITEMS}`;
    }
    const { $ref: reference } = part;
    return typeof reference === 'string' ? this.follow(reference, depth, references) : undefined;
  }

  private follow(reference: string, depth: number, references: readonly string[]): string | undefined {
    if (!/^#(\/|$)/.test(reference)) return 'must refer to its own parts alone, as #/$defs/name';
    if (references.includes(reference)) return `must not go round: ${reference} leads back to itself`;
    const target = this.resolve(reference);
    return target === undefined ? undefined : this.walk(target, depth + 1, [...references, reference]);
  }

  /** Nothing where it leads nowhere, which the compiler tells in its own words. */
  private resolve(reference: string): JsonValue | undefined {
    let node: JsonValue | undefined = this.root;
    for (const step of reference.split('/').slice(1)) {
      const key = unescaped(step);
      node = typeof node === 'object' && node !== null && Object.hasOwn(node, key) ? (node as Part)[key] : undefined;
    }
    return node;
  }
}

function unescaped(step: string): string {
  const plain = step.replaceAll('~1', '/').replaceAll('~0', '~');
  try {
    return decodeURIComponent(plain);
  } catch {
    return plain;
  }
}
