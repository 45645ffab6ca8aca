import { Catalog, type Known } from '../exchange/catalog';
import type { Portables } from '../exchange/portables';
import { Selection, type GraphReference, type References } from './selection';

const portables = { types: [], find: () => undefined } as unknown as Portables;

const ENTITIES: Known[] = [
  { type: 'connection', name: 'MES', id: 'c' },
  { type: 'function', name: 'MES/order', id: 'f' },
  { type: 'function', name: 'MES/other', id: 'g' },
  { type: 'pipeline', name: 'Line', id: 'p' },
  { type: 'pipeline', name: 'Called', id: 'q' },
  { type: 'model', name: 'Speed', id: 'm' },
  { type: 'topic', name: 'mHv1.0/a/speed', id: 't' },
  { type: 'dashboard', name: 'Shows', id: 'd' },
  { type: 'dashboard', name: 'Elsewhere', id: 'e' },
  { type: 'schema-binding', name: 'Rule', id: 'b' },
];

const reference = (text: string): GraphReference => {
  const [source, kind, target] = text.split(' ') as [string, GraphReference['kind'], string];
  const [sourceType, sourceKey] = source.split(':') as [string, string];
  const [targetType, targetKey] = target.split(':') as [string, string];
  return { sourceType, sourceKey, kind, targetType, targetKey, via: [`at ${targetKey}`] };
};

const GRAPH = [
  'pipeline:p uses function:f',
  'pipeline:p uses pipeline:q',
  'pipeline:q uses pipeline:p',
  'pipeline:p uses topic:mHv1.0/a/speed',
  'pipeline:p uses topic:mHv1.0/none',
  'pipeline:p uses pipeline:gone',
  'pipeline:p matches topic:mHv1.0/#',
  'function:f part connection:c',
  'function:g part connection:c',
  'schema-binding:b uses model:m',
  'schema-binding:b matches topic:mHv1.0/+/speed',
  'dashboard:d uses topic:mHv1.0/a/speed',
  'dashboard:e matches topic:mHv1.0/b/#',
].map(reference);

const references: References = {
  isNamedByPath: (type) => type === 'topic',
  from: (entities) =>
    Promise.resolve(GRAPH.filter((one) => entities.some((e) => e.type === one.sourceType && e.key === one.sourceKey))),
  to: (entities) =>
    Promise.resolve(GRAPH.filter((one) => entities.some((e) => e.type === one.targetType && e.key === one.targetKey))),
  byFilter: (types) =>
    Promise.resolve(GRAPH.filter(({ kind, sourceType }) => kind === 'matches' && types.includes(sourceType))),
};

const catalog = new Catalog(portables);
for (const entity of ENTITIES) catalog.add(entity);
const selection = new Selection(catalog, references);
const named = (name: string) => ENTITIES.find((entity) => entity.name === name)!;
const told = (companions: { name: string; because: Known[] }[]) =>
  companions.map(({ name, because }) => `${name} < ${because.map((one) => one.name).join(', ')}`);

it('takes along whatever is referred to by id, and so on, but not what was selected', async () => {
  expect(told(await selection.required([named('Line')]))).toEqual([
    'MES < MES/order',
    'MES/order < Line',
    'Called < Line',
  ]);
  expect(told(await selection.required([named('Rule')]))).toEqual(['Speed < Rule']);
});

it('offers topics that are named, what shows or rules them, and other parts', async () => {
  const all = ['Line', 'Called', 'MES', 'MES/order'].map(named);
  expect(told(await selection.optional(all))).toEqual([
    'Shows < mHv1.0/a/speed',
    'MES/other < MES',
    'Rule < mHv1.0/a/speed',
    'mHv1.0/a/speed < Line',
  ]);
});

it('tells references by id that lead nowhere, and none by path or filter', async () => {
  const all = ['Rule', 'Line', 'MES/order', 'Shows'].map(named);
  expect(await selection.broken(all)).toEqual([
    { source: named('Line'), via: 'at gone', target: { type: 'pipeline', id: 'gone' } },
  ]);
});
