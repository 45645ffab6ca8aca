import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import type { JsonValue } from '#kernel';
import type { Bundle } from './bundle';
import { readDirectory, writeDirectory, type Written } from './directory';

let parent: string;
let directory: string;

beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), 'directory-'));
  directory = join(parent, 'plant');
});

afterEach(() => rmSync(parent, { recursive: true }));

const write = (models: Record<string, JsonValue>, isWhole = true): Promise<Written> =>
  writeDirectory(directory, bundle(models), isWhole);

const bundle = (models: Record<string, JsonValue>): Bundle => ({
  format: 'maestrohub',
  formatVersion: '1.0',
  items: Object.entries(models).map(([name, content]) => ({ type: 'model', name, content, hash: `sha256:${name}` })),
});

const put = (file: string, text: string): void => {
  mkdirSync(dirname(join(directory, file)), { recursive: true });
  writeFileSync(join(directory, file), text);
};
const text = (file: string): string => readFileSync(join(directory, file), 'utf8');
const files = (): string[] => readdirSync(join(directory, 'models')).sort();

it('has a file for each entity, its name first, texts line by line', async () => {
  const content = { z: 1, code: 'const a = 1;\nreturn a;\n', a: { motor: 'mhub://model/Motor' } };
  expect(await write({ 'Line/Motor': content })).toEqual({
    written: 2,
    same: 0,
    removed: 0,
  });
  expect(text('models/Line/Motor.yaml')).toBe(`name: Line/Motor
content:
  a:
    motor: mhub://model/Motor
  code: |
    const a = 1;
    return a;
  z: 1
`);
});

it('is read as it was written, with what each entity was, however it is called', async () => {
  await write({ A: { n: 1 }, B: { n: 2 } });
  const items = [
    { type: 'model', name: 'A', content: { n: 1 }, base: 'sha256:A' },
    { type: 'model', name: 'B', content: { n: 2 }, base: 'sha256:B' },
  ];
  const names = [directory, `${directory}/`, `./${relative('.', directory)}`, relative('.', directory)];
  for (const name of names)
    expect(await readDirectory(name)).toEqual({ format: 'maestrohub', formatVersion: '1.0', items });
});

it('mixes with JSON and files of other names, until an export writes them', async () => {
  await write({ A: { n: 1 } });
  put('models/B.json', '{\n\t"name": "B",\n\t"content": {"n": 2}\n}');
  put('models/by hand.yml', 'name: C\ncontent: {n: 3}');
  put('models/D.json', '{"name": "D", "content": {}}');
  put('models/._A.yaml', 'what an operating system leaves there');
  expect((await readDirectory(directory)).items.map(({ name }) => name)).toEqual(['A', 'B', 'D', 'C']);
  const result = await write({ A: { n: 1 }, B: { n: 2 }, C: { n: 3 } });
  expect(result).toEqual({ written: 2, same: 2, removed: 2 });
  expect(files()).toEqual(['._A.yaml', 'A.yaml', 'B.yaml', 'C.yaml', 'D.json']);
});

it('keeps comments of what has not changed, and takes away what is no more', async () => {
  await write({ A: { n: 1 }, B: { n: 2 }, C: {} });
  const byHand = '# of line 4\nname: A\ncontent: {"n": 1}\n';
  put('models/A.yaml', byHand);
  expect(await write({ A: { n: 1 }, B: { n: 3 } })).toEqual({
    written: 1,
    same: 2,
    removed: 1,
  });
  expect([text('models/A.yaml'), text('models/B.yaml')]).toEqual([byHand, 'name: B\ncontent:\n  n: 3\n']);
  expect(files()).toEqual(['A.yaml', 'B.yaml']);
});

it('leaves the rest alone where a part is written', async () => {
  await write({ A: { n: 1 }, B: { n: 2 } });
  put('models/b too.yml', 'name: B\ncontent: {}');
  expect(await write({ B: { n: 3 }, C: {} }, false)).toEqual({ written: 2, same: 1, removed: 1 });
  expect((await readDirectory(directory)).items.map(({ name, base }) => [name, base])).toEqual([
    ['A', 'sha256:A'],
    ['B', 'sha256:B'],
    ['C', 'sha256:C'],
  ]);
  expect(await write({ B: { n: 3 } })).toEqual({ written: 0, same: 2, removed: 2 });
});

it('removes nothing beside it, whatever its base says', async () => {
  await write({ A: {} });
  writeFileSync(join(parent, 'keys.yaml'), 'mine');
  put('.base.json', JSON.stringify({ hashes: {}, files: ['../keys.yaml', 'models/../../keys.yaml'] }));
  expect(await write({ B: {} })).toMatchObject({ removed: 0 });
  expect(existsSync(join(parent, 'keys.yaml'))).toBe(true);
});

it.each([
  ['models/A.yaml', 'content: {}\nname: B\nname: C', /plant\/models\/A\.yaml:3:1: "name" stands twice/],
  ['models/A.yaml', 'name: A', /plant\/models\/A\.yaml is no entity: it must have a name and a content/],
  ['models/A.yaml', '- name: A', /is no entity/],
  [
    'models/A.yaml',
    'name: A\ncontent: {}\ntype: model',
    /has the member type, but an entity has name and content alone/,
  ],
  [
    'models/A.json',
    '{"name": "A", "content": {}}',
    /models\/A\.json and models\/A\.yaml are both the model A: remove one/,
  ],
  ['models/A.json', '{"name": "A",', /models\/A\.json:1:14: this cannot be read/],
  ['models/B.yaml', ' '.repeat(8 * 1024 * 1024 + 1), /is larger than 8 MiB/],
  ['maestrohub.json', '', /plant\/maestrohub\.json is no JSON/],
  ['.base.json', '<<<<<<< ours', /plant\/\.base\.json is no JSON/],
  ['.base.json', '{"hashes": {"model:A": 1}, "files": []}', /\.base\.json is not as an export writes it/],
  ['.base.json', 'null', /\.base\.json is not as an export writes it/],
])('says what is wrong with %s: %#', async (file, wrong, message) => {
  await write({ A: {} });
  put(file, wrong);
  await expect(readDirectory(directory)).rejects.toThrow(message);
});

it('is refused in another encoding', async () => {
  await write({ A: {} });
  writeFileSync(join(directory, 'models/A.yaml'), Buffer.from('name: Größe\ncontent: {}', 'latin1'));
  await expect(readDirectory(directory)).rejects.toThrow('models/A.yaml is not in UTF-8');
});

it.each([
  ['models', 'elsewhere'],
  ['models/Motor.yaml', 'elsewhere/file'],
  ['.base.json', 'elsewhere/file'],
  ['maestrohub.json', 'elsewhere/file'],
])('writes nothing through a link in the place of %s', async (place, target) => {
  await write({ Pump: { z: 1 } });
  mkdirSync(join(parent, 'elsewhere'));
  writeFileSync(join(parent, 'elsewhere', 'file'), '{"hashes":{},"files":[]}');
  rmSync(join(directory, place), { recursive: true, force: true });
  symlinkSync(join(parent, target), join(directory, place));
  await expect(write({ Motor: { z: 1 } })).rejects.toThrow(`${join(directory, place)} is a link`);
  expect(readdirSync(join(parent, 'elsewhere'))).toEqual(['file']);
  expect(readFileSync(join(parent, 'elsewhere', 'file'), 'utf8')).toBe('{"hashes":{},"files":[]}');
});
