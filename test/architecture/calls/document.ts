import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Route } from '#platform/http';

/** What of JSON Schema (as OpenAPI 3.0 has it) the document uses. */
export interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  example?: unknown;
  default?: unknown;
  enum?: unknown[];
  nullable?: boolean;
  allOf?: Schema[];
  oneOf?: Schema[];
  anyOf?: Schema[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  minItems?: number;
  minLength?: number;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  pattern?: string;
}

export interface Parameter {
  name: string;
  in: 'query' | 'path' | 'header';
  required?: boolean;
  schema?: Schema;
}

export interface Operation {
  parameters?: Parameter[];
  requestBody?: { content: Record<string, { schema?: Schema }> };
}

interface Document {
  paths: Record<string, Record<string, Operation>>;
}

/**
 * The committed document: the classes of a running test carry no comments and types, the build alone reads them.
 * test/contract holds it equal to that of the build.
 */
const document = JSON.parse(readFileSync(join(__dirname, '../../contract/openapi.json'), 'utf8')) as Document;

/** @throws Error that tells how the route gets into the document. */
export function operationOf({ method, path }: Pick<Route, 'method' | 'path'>): Operation {
  const operation = document.paths[path.replace(/:(\w+)/g, '{$1}')]?.[method.toLowerCase()];
  if (!operation) throw new Error('is not in the OpenAPI document: npm test -- --update-contract test/contract');
  return operation;
}

/** The schema itself where it is only referred to, with everything that `allOf` puts together. */
export function plain(schema: Schema): Schema {
  if (schema.$ref !== undefined) {
    const pointer = schema.$ref.slice(2).split('/');
    return plain(pointer.reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], document) as Schema);
  }
  if (!schema.allOf) return schema;
  const { allOf, ...own } = schema;
  const parts = [...allOf.map(plain), own];
  return {
    ...Object.assign({}, ...parts),
    properties: Object.assign({}, ...parts.map(({ properties }) => properties)) as Record<string, Schema>,
    required: parts.flatMap(({ required }) => required ?? []),
  } as Schema;
}
