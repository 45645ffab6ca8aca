import type { Schema } from './document';
import { exampleOf, idSchema, type Choices } from './examples';

const choices = (over: Partial<Choices> = {}): Choices => ({ choose: () => undefined, current: {}, ...over });
const object = (properties: Record<string, Schema>, required: string[] = []): Schema => ({
  type: 'object',
  properties,
  required,
});

describe('a value made from a schema', () => {
  it.each<[string, Schema, unknown]>([
    ['the example', { type: 'string', example: 'a' }, 'a'],
    ['the default', { type: 'integer', default: 90 }, 90],
    ['the first of an enum', { type: 'string', enum: ['line', 'bar'] }, 'line'],
    ['an integer within bounds', { type: 'integer', minimum: 60, maximum: 70 }, 60],
    ['a number below one', { type: 'number', maximum: 0.5 }, 0.5],
    ['a list of its least length', { type: 'array', minItems: 2, items: { type: 'boolean' } }, [true, true]],
    ['the first of several kinds', { oneOf: [{ type: 'boolean' }, { type: 'string' }] }, true],
    ['an id', { type: 'string', format: 'uuid' }, expect.stringMatching(/^[\da-f-]{36}$/)],
    ['an address', { type: 'string', format: 'email' }, expect.stringMatching(/^\w+@example\.com$/)],
    ['a time to come', { type: 'string', format: 'date-time' }, expect.stringMatching(/^\d{4}-.*Z$/)],
    ['a text of its least length', { type: 'string', minLength: 40 }, expect.stringMatching(/^.{40}$/)],
    ['a text of its greatest length', { type: 'string', maxLength: 3 }, expect.stringMatching(/^.{3}$/)],
    ['a file', { type: 'string', format: 'binary' }, expect.any(Buffer)],
  ])('is %s', async (_, schema, expected) => {
    expect(await exampleOf(schema, choices())).toEqual(expected);
  });

  it('has the required fields, at every depth', async () => {
    const panel = object({ type: { type: 'string', enum: ['line'] }, options: object({ a: {} }) }, ['type']);
    const schema = object({ panels: { type: 'array', items: panel }, note: { type: 'string' } }, ['panels']);
    expect(await exampleOf(schema, choices())).toEqual({ panels: [{ type: 'line' }] });
  });

  it('has a field where none is required, since a change has to change something', async () => {
    const schema = object({ folderId: { type: 'string', format: 'uuid' }, enabled: { type: 'boolean' } });
    expect(await exampleOf(schema, choices({ current: { enabled: true } }))).toEqual({ enabled: false });
  });

  it('is named anew each time', async () => {
    const schema = object({ name: { type: 'string', example: 'Line 1', maxLength: 20 } }, ['name']);
    const [one, other] = [await exampleOf(schema, choices()), await exampleOf(schema, choices())];
    expect(one).not.toEqual(other);
    expect((one as { name: string }).name).toMatch(/^Line 1 [\da-f]{12}$/);
  });

  it.each<[string, Schema, unknown, unknown]>([
    ['another of an enum', { type: 'string', enum: ['viewer', 'editor'] }, 'viewer', 'editor'],
    ['the opposite', { type: 'boolean', example: true }, true, false],
    ['a number beside', { type: 'integer', example: 7, maximum: 7 }, 7, 6],
  ])('is %s where it is that already', async (_, schema, now, expected) => {
    expect(await exampleOf(schema, choices({ current: { role: now } }), 'role')).toBe(expected);
  });

  it('is what was chosen, and includes what was asked for', async () => {
    const schema = object({ items: { type: 'array', items: object({ topicId: { type: 'string', format: 'uuid' } }) } });
    const made = await exampleOf(
      schema,
      choices({ include: () => true, choose: (field) => (field === 'topicId' ? 'foreign' : undefined) }),
    );
    expect(made).toEqual({ items: [{ topicId: 'foreign' }] });
  });

  it('cannot be made where the document says too little, and tells the author', async () => {
    const schema = object({ code: { type: 'string', pattern: '^[A-Z]{3}$' } }, ['code']);
    await expect(exampleOf(schema, choices())).rejects.toThrow('"code": give the field of its DTO an @example');
  });
});

describe('a reference', () => {
  it('is an id or a list of ids', () => {
    const id = { type: 'string', format: 'uuid' };
    expect([id, { type: 'array', items: id }, { type: 'string' }].map((schema) => idSchema(schema))).toEqual([
      id,
      id,
      undefined,
    ]);
  });
});
