import type { FieldProblem, JsonValue } from '#kernel';
import type { FieldShape, ModelField } from './model-field';
import { DEEPEST_FIELD, MOST_FIELDS } from './model-rules';
import { BASE64, DIALECT } from './model-schema';

type Keywords = Readonly<Record<string, JsonValue>>;

const DIALECTS: readonly JsonValue[] = [
  DIALECT,
  'http://json-schema.org/draft-07/schema#',
  'http://json-schema.org/draft-07/schema',
];

/** Say nothing of values. */
const NOTES = ['title', '$comment', 'examples', 'readOnly', 'writeOnly', 'deprecated'];
/** Of every field. */
const COMMON = ['type', 'description', 'default', 'x-unit', 'x-sensitive'];
/** Beside a reference, where other keywords might contradict what it leads to. */
const BESIDE_REFERENCE = ['$ref', ...NOTES, 'description', 'default', 'x-unit', 'x-sensitive'];
/** References that lead to references. */
const LONGEST_WAY = 16;

const MOST_PROBLEMS = 100;

/** Where a schema stands in the whole one. */
interface Place {
  schema: JsonValue | undefined;
  place: string;
}

/**
 * Fields of a JSON Schema (draft 2020-12 or 07) of an object; references within it are written out. The same fields come
 * of the schema that `modelSchema` makes of them. What a model cannot say is refused, each by its place in the schema.
 */
export function fieldsOfSchema(schema: JsonValue): { fields: ModelField[]; problems: FieldProblem[] } {
  return new SchemaReader(schema).read();
}

class SchemaReader {
  private readonly problems = new Map<string, FieldProblem>();
  private left = MOST_FIELDS;

  constructor(private readonly root: JsonValue) {}

  read(): { fields: ModelField[]; problems: FieldProblem[] } {
    const { schema, place } = this.follow({ schema: this.root, place: 'schema' });
    let fields: ModelField[] = [];
    if (!isKeywords(schema)) this.refuse(place, 'must be a JSON Schema of an object');
    else {
      const { $schema: dialect } = schema;
      if (dialect !== undefined && !DIALECTS.includes(dialect))
        this.refuse(`${place}.$schema`, 'is neither draft 2020-12 nor draft-07');
      if (schema.type !== 'object') this.refuse(`${place}.type`, 'must be object');
      this.only(schema, place, [
        '$schema',
        '$id',
        '$defs',
        'definitions',
        'type',
        'description',
        'properties',
        'required',
        'additionalProperties',
      ]);
      fields = this.members(schema, place, 1) ?? [];
    }
    return { fields, problems: [...this.problems.values()].slice(0, MOST_PROBLEMS) };
  }

  /** Of an object; undefined where any object will do. */
  private members(schema: Keywords, place: string, depth: number): ModelField[] | undefined {
    const { properties, required = [], additionalProperties = true } = schema;
    if (additionalProperties !== true) this.refuse(`${place}.additionalProperties`, 'cannot be limited by a model');
    if (properties !== undefined && !isKeywords(properties)) {
      this.refuse(`${place}.properties`, 'must be an object');
      return undefined;
    }
    const names = Array.isArray(required) ? required : [];
    if (!Array.isArray(required)) this.refuse(`${place}.required`, 'must be a list of names');
    for (const [index, name] of names.entries()) {
      if (typeof name !== 'string' || !Object.hasOwn(properties ?? {}, name)) {
        this.refuse(`${place}.required[${index}]`, 'is none of the properties');
      }
    }
    if (properties === undefined) return undefined;
    return Object.entries(properties).flatMap(([name, member]) => {
      const shape = this.shape({ schema: member, place: `${place}.properties.${name}` }, depth);
      return shape ? [{ name, ...(names.includes(name) && { required: true }), ...shape }] : [];
    });
  }

  private shape(from: Place, depth: number): FieldShape | undefined {
    if (--this.left < 0) return this.refuse('schema', `has more than ${MOST_FIELDS} fields on all levels`);
    if (depth > DEEPEST_FIELD) return this.refuse(from.place, `is deeper than ${DEEPEST_FIELD} levels`);
    const { schema, place } = this.follow(from);
    if (!isKeywords(schema)) return this.refuse(place, 'must be a schema with a type');
    const typed = this.typed(schema, place, depth);
    const beside = isKeywords(from.schema) ? from.schema : {};
    return typed && { ...typed, ...this.noted(schema, place), ...this.noted(beside, from.place) };
  }

  /** What every field may say. */
  private noted(schema: Keywords, place: string): Partial<FieldShape> {
    const { description, default: value, 'x-unit': unit, 'x-sensitive': sensitive } = schema;
    return {
      ...this.checked('description', description, isText, `${place}.description`, 'a text'),
      ...this.checked('unit', unit, isText, `${place}.x-unit`, 'a text'),
      ...(sensitive !== false && this.checked('sensitive', sensitive, isTrue, `${place}.x-sensitive`, 'true or false')),
      ...(value !== undefined && { default: value }),
    };
  }

  private typed(schema: Keywords, place: string, depth: number): FieldShape | undefined {
    if (schema.enum !== undefined || schema.const !== undefined) return this.enumeration(schema, place);
    switch (schema.type) {
      case 'string':
        return this.text(schema, place);
      case 'integer':
      case 'number':
        this.only(schema, place, [...COMMON, 'minimum', 'maximum']);
        return { type: schema.type, ...this.limits(schema, place, { min: 'minimum', max: 'maximum' }) };
      case 'boolean':
        this.only(schema, place, COMMON);
        return { type: 'boolean' };
      case 'object': {
        this.only(schema, place, [...COMMON, 'properties', 'required', 'additionalProperties']);
        const fields = this.members(schema, place, depth + 1);
        return { type: 'object', ...(fields && { fields }) };
      }
      case 'array': {
        this.only(schema, place, [...COMMON, 'items', 'minItems', 'maxItems']);
        const items =
          schema.items === undefined || schema.items === true
            ? undefined
            : { schema: schema.items, place: `${place}.items` };
        const shape = items && this.shape(items, depth + 1);
        return { type: 'array', ...(shape && { items: shape }), ...this.limits(schema, place, LENGTHS.array) };
      }
      default:
        return this.refuse(`${place}.type`, 'must be one of string, integer, number, boolean, object, array');
    }
  }

  private text(schema: Keywords, place: string): FieldShape {
    const { format, contentEncoding, pattern } = schema;
    if (contentEncoding !== undefined) return this.binary(schema, place);
    if (format !== undefined) {
      this.only(schema, place, [...COMMON, 'format']);
      if (format === 'uuid') return { type: 'uuid' };
      if (format !== 'date-time') this.refuse(`${place}.format`, 'must be date-time or uuid');
      return { type: 'datetime' };
    }
    this.only(schema, place, [...COMMON, 'minLength', 'maxLength', 'pattern']);
    return {
      type: 'string',
      ...this.limits(schema, place, LENGTHS.string),
      ...this.checked('pattern', pattern, isText, `${place}.pattern`, 'a text'),
    };
  }

  private binary(schema: Keywords, place: string): FieldShape {
    this.only(schema, place, [
      ...COMMON,
      'contentEncoding',
      'pattern',
      'minLength',
      'maxLength',
      'x-min-bytes',
      'x-max-bytes',
    ]);
    const { contentEncoding, pattern } = schema;
    if (contentEncoding !== 'base64') this.refuse(`${place}.contentEncoding`, 'must be base64');
    if (pattern !== undefined && pattern !== BASE64) this.refuse(`${place}.pattern`, 'must be that of base64');
    const characters = this.limits(schema, place, LENGTHS.string);
    const bytes = this.limits(schema, place, LENGTHS.binary);
    const minLength = bytes.minLength ?? leastBytes(characters.minLength);
    const maxLength = bytes.maxLength ?? mostBytes(characters.maxLength);
    return {
      type: 'binary',
      ...(minLength !== undefined && { minLength }),
      ...(maxLength !== undefined && { maxLength }),
    };
  }

  private enumeration(schema: Keywords, place: string): FieldShape | undefined {
    this.only(schema, place, [...COMMON, 'enum', 'const']);
    const { type, enum: list, const: single } = schema;
    if (list !== undefined && single !== undefined)
      return this.refuse(`${place}.const`, 'must not be given beside enum');
    const values = single === undefined ? list : [single];
    const where = single === undefined ? `${place}.enum` : `${place}.const`;
    if (!Array.isArray(values)) return this.refuse(where, 'must be a list');
    if (!values.every((value) => typeof value === 'string' || typeof value === 'number')) {
      return this.refuse(where, 'must have texts and numbers alone');
    }
    if (type !== undefined && !values.every((value) => fits(value, type))) {
      return this.refuse(where, 'must have values of its type alone');
    }
    return { type: 'enum', enum: values };
  }

  private limits(schema: Keywords, place: string, names: Readonly<Record<string, string>>): Partial<FieldShape> {
    const found = Object.entries(names).map(([limit, keyword]) =>
      this.checked(limit as 'min', schema[keyword], isNumber, `${place}.${keyword}`, 'a number'),
    );
    return Object.assign({}, ...found) as Partial<FieldShape>;
  }

  private checked<K extends keyof FieldShape>(
    name: K,
    value: JsonValue | undefined,
    isRight: (value: JsonValue) => boolean,
    place: string,
    expected: string,
  ): Partial<FieldShape> {
    if (value === undefined) return {};
    if (!isRight(value)) this.refuse(place, `must be ${expected}`);
    return { [name]: value };
  }

  /** What a reference leads to, through others. */
  private follow({ schema, place }: Place, way = LONGEST_WAY): Place {
    if (!isKeywords(schema) || schema.$ref === undefined) return { schema, place };
    const beside =
      place === 'schema' ? [...BESIDE_REFERENCE, '$schema', '$id', '$defs', 'definitions'] : BESIDE_REFERENCE;
    this.only(schema, place, beside);
    const target = this.target(schema.$ref);
    if (!target || way === 0) {
      this.refuse(`${place}.$ref`, target ? 'leads to itself' : 'must lead to $defs or definitions of this schema');
      return { schema: undefined, place };
    }
    return this.follow(target, way - 1);
  }

  private target(reference: JsonValue): Place | undefined {
    const match = typeof reference === 'string' ? /^#\/(\$defs|definitions)\/([^/]+)$/.exec(reference) : null;
    const definitions = match && isKeywords(this.root) ? this.root[match[1]!] : undefined;
    const name = match?.[2]!.replaceAll('~1', '/').replaceAll('~0', '~');
    if (name === undefined || !isKeywords(definitions) || !Object.hasOwn(definitions, name)) return undefined;
    return { schema: definitions[name], place: `schema.${match![1]}.${name}` };
  }

  private only(schema: Keywords, place: string, keywords: readonly string[]): void {
    for (const keyword of Object.keys(schema)) {
      if (!keywords.includes(keyword) && !NOTES.includes(keyword)) {
        this.refuse(`${place}.${keyword}`, 'cannot be said by a model');
      }
    }
  }

  /** Once for each place, however often references lead there. */
  private refuse(place: string, message: string): undefined {
    this.problems.set(place, { field: place, message: `${place} ${message}` });
  }
}

const LENGTHS = {
  string: { minLength: 'minLength', maxLength: 'maxLength' },
  array: { minLength: 'minItems', maxLength: 'maxItems' },
  binary: { minLength: 'x-min-bytes', maxLength: 'x-max-bytes' },
} as const;

const isKeywords = (value: JsonValue | undefined): value is { [keyword: string]: JsonValue } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isText = (value: JsonValue) => typeof value === 'string';
const isNumber = (value: JsonValue) => typeof value === 'number';
const isTrue = (value: JsonValue) => value === true;

const fits = (value: string | number, type: JsonValue): boolean =>
  typeof value === 'string' ? type === 'string' : type === 'number' || (type === 'integer' && Number.isInteger(value));

/** Bytes whose base64 has at least, or at most, so many characters. */
const leastBytes = (characters = 0): number | undefined =>
  characters <= 0 ? undefined : (Math.ceil(characters / 4) - 1) * 3 + 1;
const mostBytes = (characters: number | undefined): number | undefined =>
  characters === undefined ? undefined : Math.floor(characters / 4) * 3;
