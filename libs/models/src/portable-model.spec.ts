import fc from 'fast-check';
import { newId, type JsonValue } from '#kernel';
import type { PortableContent } from '#platform/dependencies';
import { checkModel, withModels } from './portable-model';

const id = newId();
const REFERENCE = 'mhub://model/Sensor%20A';

const SENSORS = (modelId: string): PortableContent => ({
  description: null,
  fields: [
    { name: 'a', type: 'object', modelId },
    { name: 'b', type: 'array', items: { type: 'object', fields: [{ name: 'c', type: 'object', modelId }] } },
    { name: 'd', type: 'object', default: { modelId: 'of a value' } },
  ],
});

describe('a model that comes in', () => {
  it.each([id, REFERENCE])('names others by %s', (modelId) => {
    const content = SENSORS(modelId);
    expect(checkModel('Line', content)).toEqual({ content, secrets: [], problems: [] });
  });

  it('has what was left out, and nothing for null', () => {
    const fields = [{ name: 'a', type: 'array', unit: null, items: { type: 'object', fields: null } }];
    expect(checkModel('Line', { fields }).content).toEqual({
      description: null,
      fields: [{ name: 'a', type: 'array', items: { type: 'object' } }],
    });
  });

  it.each<[string, JsonValue, string]>([
    ['x', { fields: [] }, 'Name must have at least two visible characters'],
    ['Line', { fields: [], name: 'Other' }, 'Name is not a known field'],
    ['Line', { fields: [], id }, 'Id is not a known field'],
    [
      'Line',
      { fields: [{ name: 'a', type: 'object', modelId: 'Sensor' }] },
      'Model id must name a model: mhub://model/<name>',
    ],
    ['Line', { fields: [{ name: 'a', type: 'string', min: 1 }] }, 'min is not for type string'],
    ['Line', { fields: [{ name: '\0', type: 'string' }] }, 'Fields contains the NUL character'],
    ['Line', [], 'Content must be a JSON object'],
    ['Line', null, 'Content must be a JSON object'],
  ])('%s is refused for %j', (name, content, message) => {
    const checked = checkModel(name, content as PortableContent);
    expect(checked.problems[0]!.message).toBe(message);
    expect(checked.content).toBe(content);
  });

  it('is judged without failing, whatever it is, and as it is kept once more the same', () => {
    const shape = fc.letrec((tie) => ({
      field: fc.record(
        {
          name: fc.oneof(fc.string(), fc.constantFrom('a', 'b', 'constructor', '__proto__')),
          type: fc.constantFrom('object', 'array', 'string', 'number', 'enum'),
          modelId: fc.constantFrom<JsonValue>(id, REFERENCE, null, 5),
          default: fc.jsonValue() as fc.Arbitrary<JsonValue>,
          min: fc.constantFrom<JsonValue>(0, null, 'x'),
          enum: fc.constantFrom<JsonValue>(['a', 1], [], null),
          items: tie('field'),
          fields: fc.oneof(fc.array(tie('field'), { maxLength: 3 }), fc.jsonValue()),
        },
        { requiredKeys: ['name', 'type'] },
      ),
    })).field;
    const contents = fc.oneof(
      fc.jsonValue(),
      fc.record({ fields: fc.jsonValue(), description: fc.jsonValue() }),
      fc.record({ fields: fc.array(shape, { maxLength: 4 }) }),
    ) as fc.Arbitrary<PortableContent>;
    fc.assert(
      fc.property(contents, (content) => {
        const once = checkModel('Any model', content);
        expect(checkModel('Any model', once.content)).toEqual(once);
      }),
      { numRuns: 500 },
    );
  });
});

it('gives every reference once, and no text of a default', () => {
  const seen: string[] = [];
  const mapped = withModels(SENSORS(id), (text) => {
    seen.push(text);
    return REFERENCE;
  });
  expect([mapped, seen]).toEqual([SENSORS(REFERENCE), [id, id]]);
});
