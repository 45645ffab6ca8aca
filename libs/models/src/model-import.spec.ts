import fc from 'fast-check';
import type { JsonValue } from '#kernel';
import type { FieldShape, ModelField } from './model-field';
import { fieldsOfSchema } from './model-import';
import { DEEPEST_FIELD, MOST_FIELDS, modelProblems } from './model-rules';
import { modelSchema } from './model-schema';

const objectOf = (properties: JsonValue, more: object = {}) => ({ type: 'object', properties, ...more }) as JsonValue;
const problemsOf = (schema: JsonValue) => fieldsOfSchema(schema).problems.map(({ message }) => message);

describe('fieldsOfSchema', () => {
  it('reads what a model can say', () => {
    const schema = objectOf(
      {
        name: { type: 'string', minLength: 1, maxLength: 9, pattern: '^a', description: 'What', title: 'Name' },
        speed: { type: 'number', minimum: 0, maximum: 5.5, default: 1, 'x-unit': 'rpm' },
        state: { enum: ['on', 3], 'x-sensitive': true },
        kind: { type: 'string', const: 'machine' },
        at: { type: 'string', format: 'date-time' },
        id: { type: 'string', format: 'uuid' },
        image: { type: 'string', contentEncoding: 'base64', minLength: 5, maxLength: 10 },
        tags: { type: 'array', items: { type: 'boolean' }, minItems: 1, maxItems: 3 },
        anything: { type: 'array', items: true },
        open: { type: 'object', additionalProperties: true },
        closed: objectOf({ a: { type: 'integer' } }, { required: ['a'] }),
      },
      { $schema: 'http://json-schema.org/draft-07/schema#', $id: 'urn:machine', required: ['name'] },
    );
    const fields: ModelField[] = [
      { name: 'name', required: true, type: 'string', minLength: 1, maxLength: 9, pattern: '^a', description: 'What' },
      { name: 'speed', type: 'number', min: 0, max: 5.5, default: 1, unit: 'rpm' },
      { name: 'state', type: 'enum', enum: ['on', 3], sensitive: true },
      { name: 'kind', type: 'enum', enum: ['machine'] },
      { name: 'at', type: 'datetime' },
      { name: 'id', type: 'uuid' },
      { name: 'image', type: 'binary', minLength: 4, maxLength: 6 },
      { name: 'tags', type: 'array', items: { type: 'boolean' }, minLength: 1, maxLength: 3 },
      { name: 'anything', type: 'array' },
      { name: 'open', type: 'object' },
      { name: 'closed', type: 'object', fields: [{ name: 'a', required: true, type: 'integer' }] },
    ];
    expect(fieldsOfSchema(schema)).toEqual({ fields, problems: [] });
  });

  it('writes references out, also the one at the top', () => {
    const schema = {
      $ref: '#/$defs/line',
      $defs: {
        line: objectOf({ a: { $ref: '#/definitions/a~1b', description: 'Here' }, b: { $ref: '#/definitions/a~1b' } }),
      },
      definitions: { 'a/b': { $ref: '#/definitions/text' }, text: { type: 'string', description: 'There' } },
    };
    expect(fieldsOfSchema(schema)).toEqual({
      fields: [
        { name: 'a', type: 'string', description: 'Here' },
        { name: 'b', type: 'string', description: 'There' },
      ],
      problems: [],
    });
  });

  it.each<[JsonValue, string[]]>([
    [true, ['schema must be a JSON Schema of an object']],
    [{ type: 'string' }, ['schema.type must be object']],
    [
      objectOf({}, { $schema: 'http://json-schema.org/draft-04/schema#' }),
      ['schema.$schema is neither draft 2020-12 nor draft-07'],
    ],
    [objectOf({}, { additionalProperties: false }), ['schema.additionalProperties cannot be limited by a model']],
    [objectOf({}, { oneOf: [] }), ['schema.oneOf cannot be said by a model']],
    [objectOf({}, { required: ['a'] }), ['schema.required[0] is none of the properties']],
    [objectOf([]), ['schema.properties must be an object']],
    [objectOf({ a: true }), ['schema.properties.a must be a schema with a type']],
    [objectOf({ a: {} }), ['schema.properties.a.type must be one of string, integer, number, boolean, object, array']],
    [
      objectOf({ a: { type: ['string', 'null'] } }),
      [expect.stringContaining('schema.properties.a.type must be one of')],
    ],
    [
      objectOf({ a: { type: 'number', exclusiveMinimum: 1, multipleOf: 2 }, b: { type: 'string', format: 'email' } }),
      [
        'schema.properties.a.exclusiveMinimum cannot be said by a model',
        'schema.properties.a.multipleOf cannot be said by a model',
        'schema.properties.b.format must be date-time or uuid',
      ],
    ],
    [objectOf({ a: { type: 'number', minimum: '1' } }), ['schema.properties.a.minimum must be a number']],
    [objectOf({ a: { type: 'string', minimum: 1 } }), ['schema.properties.a.minimum cannot be said by a model']],
    [objectOf({ a: { enum: [null] } }), ['schema.properties.a.enum must have texts and numbers alone']],
    [
      objectOf({ a: { type: 'integer', enum: [1.5] } }),
      ['schema.properties.a.enum must have values of its type alone'],
    ],
    [objectOf({ a: { const: true } }), ['schema.properties.a.const must have texts and numbers alone']],
    [
      objectOf({ a: { type: 'array', items: [{ type: 'string' }], uniqueItems: true } }),
      [
        'schema.properties.a.uniqueItems cannot be said by a model',
        'schema.properties.a.items must be a schema with a type',
      ],
    ],
    [
      objectOf({ a: { type: 'string', contentEncoding: 'base32' } }),
      ['schema.properties.a.contentEncoding must be base64'],
    ],
    [
      objectOf({ a: { type: 'string', 'x-sensitive': 'yes' } }),
      ['schema.properties.a.x-sensitive must be true or false'],
    ],
    [
      objectOf({ a: { $ref: 'http://example.com/x' } }),
      [
        'schema.properties.a.$ref must lead to $defs or definitions of this schema',
        'schema.properties.a must be a schema with a type',
      ],
    ],
    [
      objectOf({ a: { $ref: '#/$defs/x', minLength: 1 } }, { $defs: { x: { type: 'string' } } }),
      ['schema.properties.a.minLength cannot be said by a model'],
    ],
    [
      objectOf({ a: { $ref: '#/$defs/x' } }, { $defs: { x: { $ref: '#/$defs/x' } } }),
      ['schema.$defs.x.$ref leads to itself', 'schema.$defs.x must be a schema with a type'],
    ],
    [
      objectOf({ a: { $ref: '#/$defs/x' } }, { $defs: { x: objectOf({ next: { $ref: '#/$defs/x' } }) } }),
      [`schema.$defs.x.properties.next is deeper than ${DEEPEST_FIELD} levels`],
    ],
    [
      objectOf({ a: { $ref: '#/$defs/__proto__' } }, { $defs: {} }),
      [expect.stringContaining('$ref must lead'), expect.anything()],
    ],
  ])('refuses %j', (schema, problems) => {
    expect(problemsOf(schema)).toEqual(problems);
  });

  it('ends where references multiply', () => {
    const twice = (name: string) => objectOf({ a: { $ref: `#/$defs/${name}` }, b: { $ref: `#/$defs/${name}` } });
    const wide = objectOf(Object.fromEntries(Array.from({ length: 900 }, (_, index) => [`f${index}`, twice('x')])), {
      $defs: { x: twice('x') },
    });
    expect(problemsOf(wide)).toContain(`schema has more than ${MOST_FIELDS} fields on all levels`);
  });

  it('gives the fields again of which a schema was made', () => {
    const length = fc.option(fc.nat(50), { nil: undefined });
    const name = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => /^\P{Cc}*$/u.test(text));
    const notes = fc.record(
      { description: fc.string(), unit: fc.constant('°C'), sensitive: fc.constant(true) },
      { requiredKeys: [] },
    );
    const limited = (type: 'string' | 'binary') =>
      fc.record({ type: fc.constant(type), minLength: length, maxLength: length });
    const { shape } = fc.letrec((tie) => ({
      shape: fc
        .tuple(
          fc.oneof(
            { maxDepth: 3 },
            fc.record({ type: fc.constantFrom('boolean', 'datetime', 'uuid', 'object', 'array') }),
            fc.record({ type: fc.constantFrom('integer', 'number'), min: fc.option(fc.integer(), { nil: undefined }) }),
            limited('string'),
            limited('binary'),
            fc.record({
              type: fc.constant('enum'),
              enum: fc.uniqueArray(fc.oneof(fc.string(), fc.integer()), { minLength: 1 }),
            }),
            fc.record({ type: fc.constant('array'), items: tie('shape'), maxLength: length }),
            fc.record({
              type: fc.constant('object'),
              fields: fc
                .uniqueArray(fc.tuple(name, tie('shape'), fc.boolean()), { maxLength: 3, selector: ([key]) => key })
                .map((members) => members.map(fieldOf)),
            }),
          ),
          notes,
        )
        .map(([own, more]) => ({ ...(own as object), ...more })),
    })) as { shape: fc.Arbitrary<FieldShape> };
    const fieldOf = ([key, own, required]: unknown[]) =>
      ({ name: key, ...(own as FieldShape), ...(required === true && { required }) }) as ModelField;
    const members = fc.uniqueArray(fc.tuple(name, shape, fc.boolean()), { maxLength: 5, selector: ([key]) => key });
    const sorted = (fields: ModelField[]) => fields.toSorted((a, b) => (a.name < b.name ? -1 : 1)).map(inside);
    // Members of objects whose names are numbers come first in JavaScript.
    const inside = <S extends FieldShape>(own: S): S => ({
      ...own,
      ...(own.fields && { fields: sorted(own.fields) }),
      ...(own.items && { items: inside(own.items) }),
    });
    fc.assert(
      fc.property(
        members.map((all) => all.map(fieldOf)),
        (given) => {
          const fields = JSON.parse(JSON.stringify(given)) as ModelField[];
          fc.pre(modelProblems(fields).length === 0);
          const made = fieldsOfSchema(JSON.parse(JSON.stringify(modelSchema('Model', fields))) as JsonValue);
          expect(made.problems).toEqual([]);
          expect(sorted(made.fields)).toEqual(sorted(fields));
        },
      ),
    );
  });
});
