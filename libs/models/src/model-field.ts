import type { JsonValue } from '#kernel';

export const FIELD_TYPES = [
  'string',
  'integer',
  'number',
  'boolean',
  'datetime',
  'object',
  'array',
  'enum',
  'uuid',
  'binary',
] as const;

export type FieldType = (typeof FIELD_TYPES)[number];

/** One member of an object, as a model describes it. Which of the limits make sense depends on the type. */
export interface ModelField {
  name: string;
  type: FieldType;
  required?: boolean;
  /** Of measurement, for people: `°C`. */
  unit?: string;
  description?: string;
  /** Of numbers, inclusive. */
  min?: number;
  max?: number;
  /** Characters of a `string`, bytes of a `binary`, elements of an `array`. */
  minLength?: number;
  maxLength?: number;
  /** Of a `string`, in RE2 syntax, anywhere in it. */
  pattern?: string;
  /** The values of an `enum`. */
  enum?: (string | number)[];
  /** The elements of an `array`; its name means nothing. */
  items?: Omit<ModelField, 'name'>;
  /** The members of an `object`. Without them any object will do. */
  fields?: ModelField[];
  /** The model of the same organization whose fields an `object` has, as they are at the time; in place of `fields`. */
  modelId?: string;
  default?: JsonValue;
  /** Sealed wherever runs are written down. */
  sensitive?: boolean;
}

export type FieldShape = Omit<ModelField, 'name'>;
