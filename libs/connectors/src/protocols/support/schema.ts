import type { JsonObject, ObjectSchema } from '../protocol';

/*
 * Members that configs of many protocols have, in JSON Schema, so that the same thing has the same name and the same bounds
 * everywhere. `more` says what differs.
 */

/** Milliseconds of a call, where a connection says nothing. */
export const DEFAULT_TIMEOUT = 30_000;
export const LONGEST_TIMEOUT = 600_000;

export const text = (description: string, more: object = {}): JsonObject => ({
  type: 'string',
  maxLength: 2_000,
  description,
  ...more,
});

/** Kept sealed and shown as a mask. */
export const secret = (description: string, more: object = {}): JsonObject =>
  text(description, { minLength: 1, maxLength: 10_000, 'x-secret': true, ...more });

export const pem = (description: string, more: object = {}): JsonObject =>
  text(description, { maxLength: 200_000, ...more });

export const integer = (description: string, minimum: number, maximum: number, more: object = {}): JsonObject => ({
  type: 'integer',
  minimum,
  maximum,
  description,
  ...more,
});

export const flag = (description: string, preset: boolean): JsonObject => ({
  type: 'boolean',
  default: preset,
  description,
});

export const oneOf = (description: string, values: readonly string[], preset?: string): JsonObject => ({
  enum: [...values],
  description,
  ...(preset !== undefined && { default: preset }),
});

export const objectOf = (
  properties: ObjectSchema['properties'],
  required: readonly string[] = [],
  more: Partial<ObjectSchema> = {},
): ObjectSchema => ({
  type: 'object',
  properties,
  ...(required.length > 0 && { required: [...required] }),
  additionalProperties: false,
  ...more,
});

export const host = (preset?: string): JsonObject =>
  text('Name or address of the server', {
    minLength: 1,
    maxLength: 255,
    pattern: '^[^\\s/@]+$',
    ...(preset !== undefined && { default: preset }),
  });

export const port = (preset: number): JsonObject => integer('Port of the server', 1, 65_535, { default: preset });

export const timeoutMs = (preset = DEFAULT_TIMEOUT): JsonObject =>
  integer('Milliseconds that a whole call may take', 1, LONGEST_TIMEOUT, { default: preset });
