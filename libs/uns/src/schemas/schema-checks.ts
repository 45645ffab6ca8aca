import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { JsonValue } from '#kernel';
import { SchemaValidator, type JsonSchema } from '#platform/json-schema';
import { LRUCache } from 'lru-cache';
import type { SchemaCheck } from './judge';

/** Compiled schemas of this process, some hundred kilobytes each; one that is needed again is compiled again. */
const MOST_COMPILED = 300;
const LONGEST_MESSAGE = 300;

/** Compiles schemas when the first value comes, and shares them: the same schema is compiled once, whoever has it. */
@Injectable()
export class SchemaChecks {
  private readonly compiled = new LRUCache<string, SchemaValidator>({ max: MOST_COMPILED });

  of(schema: JsonSchema): SchemaCheck {
    const key = createHash('sha256').update(JSON.stringify(schema)).digest('base64');
    return (value) => {
      let validator = this.compiled.get(key);
      if (!validator) this.compiled.set(key, (validator = new SchemaValidator(schema, 'first')));
      return problemOf(validator, value);
    };
  }
}

function problemOf(validator: SchemaValidator, value: JsonValue): string | undefined {
  try {
    const [problem] = validator.problems(value);
    return (
      problem &&
      problem.message
        .replace(/^The value /, '')
        .slice(0, LONGEST_MESSAGE)
        .toWellFormed()
    );
  } catch {
    // It must not fail the values of others beside it.
    return 'cannot be checked by the schema';
  }
}
