import type { ModelField } from './model-field';
import { modelsNamedBy, resolveRelations, type NamedModel } from './model-relations';

const relation = (name: string, modelId: string): ModelField => ({ name, type: 'object', modelId });
const model = (id: string, ...fields: ModelField[]): NamedModel => ({ id, name: id.toUpperCase(), fields });
const text: ModelField = { name: 'text', type: 'string' };

const resolve = (one: NamedModel, ...others: NamedModel[]) =>
  resolveRelations(one, new Map(others.map((other) => [other.id, other])));

describe('relations of models', () => {
  it('are found on all levels', () => {
    const list: ModelField = { name: 'list', type: 'array', items: { type: 'object', modelId: 'b' } };
    const inner: ModelField = { name: 'inner', type: 'object', fields: [relation('x', 'c'), relation('y', 'c')] };
    expect([...modelsNamedBy([relation('a', 'a'), list, inner, text])]).toEqual(['a', 'b', 'c']);
  });

  it('are resolved through others, and keep what the field says itself', () => {
    const one = model(
      'a',
      { ...relation('part', 'b'), required: true },
      {
        name: 'list',
        type: 'array',
        items: { type: 'object', modelId: 'c', description: 'Each' },
      },
    );
    expect(resolve(one, model('b', relation('deep', 'c')), model('c', text))).toEqual({
      fields: [
        { name: 'part', type: 'object', required: true, fields: [{ name: 'deep', type: 'object', fields: [text] }] },
        { name: 'list', type: 'array', items: { type: 'object', description: 'Each', fields: [text] } },
      ],
      problems: [],
      missing: new Set(),
    });
  });

  it('tell which are not there, also through others', () => {
    const one = model('a', relation('x', 'b'), relation('y', 'gone'), relation('z', 'gone'));
    expect([...resolve(one, model('b', relation('x', 'away'))).missing]).toEqual(['away', 'gone']);
  });

  it.each<[string, NamedModel, NamedModel[], string, RegExp]>([
    ['a model that is not there', model('a', text, relation('x', 'b')), [], 'fields[1].modelId', /^Model b not found$/],
    ['itself', model('a', relation('x', 'a')), [], 'fields[0].modelId', /: A → A$/],
    [
      'a circle',
      model('a', { name: 'list', type: 'array', items: { type: 'object', modelId: 'b' } }),
      [model('b', text, relation('x', 'c')), model('c', relation('y', 'a'))],
      'fields[0].items.fields[1].fields[0].modelId',
      /: A → B → C → A$/,
    ],
    [
      'a circle of others',
      model('a', relation('x', 'b')),
      [model('b', relation('x', 'c')), model('c', relation('y', 'b'))],
      'fields[0].fields[0].fields[0].modelId',
      /: B → C → B$/,
    ],
    [
      'fields that multiply',
      model('m0', relation('x', 'm1'), relation('y', 'm1')),
      Array.from({ length: 40 }, (_, i) => model(`m${i + 1}`, relation('x', `m${i + 2}`), relation('y', `m${i + 2}`))),
      'fields',
      /more than 1000/,
    ],
  ])('are refused with %s', (_, one, others, field, message) => {
    const problem = resolve(one, ...others).problems.at(-1);
    expect(problem).toEqual({ field, message: expect.stringMatching(message) });
  });
});
