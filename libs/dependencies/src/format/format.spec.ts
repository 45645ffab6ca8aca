import { readFileSync } from 'node:fs';
import type { JsonValue } from '#kernel';
import * as fc from 'fast-check';
import {
  canonical,
  frameOf,
  hashOf,
  isSame,
  itemJson,
  PRODUCT,
  readExchangeFile,
  readReference,
  referenceText,
} from '.';

const CONTENT = { fields: [{ name: 'speed', type: 'number' }] };
const ITEM = { type: 'model', name: 'Speed', hash: hashOf(CONTENT), content: CONTENT };
const FILE = { format: 'maestrohub', formatVersion: '1.0', description: null, items: [ITEM] };

const read = (file: unknown) => readExchangeFile(Buffer.from(typeof file === 'string' ? file : JSON.stringify(file)));

describe('a reference in a file', () => {
  it.each([
    ['Plant/Line 1', 'mhub://pipeline/Plant/Line%201'],
    ['a~1b', 'mhub://pipeline/a~1b'],
    ['50 % / ü', 'mhub://pipeline/50%20%25%20/%20%C3%BC'],
    ['../x', 'mhub://pipeline/../x'],
  ])('to %s is %s, and the same again', (name, text) => {
    expect(referenceText({ type: 'pipeline', name })).toBe(text);
    expect(readReference(text)).toEqual({ type: 'pipeline', name });
  });

  it.each(['pipeline', 'mhub://', 'mhub://pipeline', 'mhub:///a', 'mhub://pipeline/', 'mhub://pipeline/%zz'])(
    'is nothing that %s could be',
    (text) => expect(readReference(text)).toBeUndefined(),
  );
});

describe('the hash of a content', () => {
  it('does not know the order of members', () => {
    expect(hashOf({ a: 1, b: { c: [1, 2], d: null } })).toBe(hashOf({ b: { d: null, c: [1, 2] }, a: 1 }));
    expect(hashOf({ a: [1, 2] })).not.toBe(hashOf({ a: [2, 1] }));
  });
});

describe('two values', () => {
  it('are the same where they have the same canonical form', () => {
    const value = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>;
    fc.assert(
      fc.property(value, value, fc.boolean(), (one, another, isCopy) => {
        const other = isCopy ? (JSON.parse(canonical(one)) as JsonValue) : another;
        expect(isSame(one, other)).toBe(canonical(one) === canonical(other));
      }),
    );
  });

  it.each<[JsonValue, JsonValue, boolean]>([
    [{ a: 1, b: 2 }, { b: 2, a: 1 }, true],
    [[1, 2], [2, 1], false],
    [[], {}, false],
    [{ constructor: 1 }, {}, false],
    [{ a: null }, {}, false],
    [{ a: undefined } as unknown as JsonValue, {}, true],
    [{}, { a: undefined } as unknown as JsonValue, true],
  ])('%j and %j: %s', (one, other, same) => expect(isSame(one, other)).toBe(same));
});

describe('a file', () => {
  it('is read as it was written', async () => {
    expect(await read(FILE)).toEqual({ description: null, items: [ITEM] });
    expect(JSON.parse(itemJson(ITEM))).toEqual(ITEM);
  });

  it('is written in a form that does not know the time', async () => {
    const text = frameOf('Says "items":[').join(itemJson(ITEM));
    expect(await read(text)).toEqual({ description: 'Says "items":[', items: [ITEM] });
    const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string };
    expect(PRODUCT).toEqual({ name: 'MaestroHub', version });
  });

  it('of a later minor version is read as long as everything in it is known', async () => {
    expect((await read({ ...FILE, formatVersion: '1.7' })).items).toEqual([ITEM]);
    await expect(read({ ...FILE, formatVersion: '1.7', signature: 'x' })).rejects.toThrow(
      'File has the member signature, which is not known; a newer product may have made it',
    );
  });

  it('may be written by hand, without hashes', async () => {
    const item = { type: 'model', name: 'Speed', content: CONTENT };
    expect((await read({ ...FILE, items: [item] })).items).toEqual([item]);
  });

  it('of format 0 is read through its lists', async () => {
    const old = {
      format: 'maestrohub',
      formatVersion: '0.9',
      models: [{ name: 'Speed', content: CONTENT }],
      topics: [{ name: 'mHv1.0/a', content: {} }],
    };
    expect((await read(old)).items).toEqual([
      { type: 'model', name: 'Speed', content: CONTENT },
      { type: 'topic', name: 'mHv1.0/a', content: {} },
    ]);
    await expect(read({ ...old, topics: 'none' })).rejects.toThrow('items[1].name is required');
  });

  it.each<[string, unknown, string]>([
    [
      'that is cut off',
      JSON.stringify(FILE).slice(0, -9),
      'File is not valid JSON; it may have been cut off on the way',
    ],
    ['that is no object', [], 'File must be an object'],
    ['of something else', { format: 'other' }, 'File is no export of MaestroHub: its format must be maestrohub'],
    ['without a version', { format: 'maestrohub' }, 'formatVersion must be a version like 1.0'],
    [
      'of a newer product',
      { ...FILE, formatVersion: '2.0' },
      'File is of format 2.0, which is newer than this product; update it, or export to format 1',
    ],
    ['without items', { ...FILE, items: undefined }, 'Items must be a list'],
    ['with an item that is none', { ...FILE, items: [1] }, 'items[0] must be an object'],
    ['with a nameless item', { ...FILE, items: [{ ...ITEM, name: '' }] }, 'items[0].name is required'],
    [
      'with a name without end',
      { ...FILE, items: [{ ...ITEM, name: 'x'.repeat(10_000) }] },
      'items[0].name must be at most 2000 characters',
    ],
    ['with NUL in a name', { ...FILE, items: [{ ...ITEM, name: 'a\0' }] }, 'items[0].name contains the NUL character'],
    [
      'with half a character',
      { ...FILE, items: [{ ...ITEM, content: { a: '\ud800' } }] },
      'items[0].content is not valid Unicode',
    ],
    [
      'that somebody changed',
      { ...FILE, items: [{ ...ITEM, content: {} }] },
      'model:Speed was changed after its export: export it again, or leave out its hash',
    ],
    ['with a member twice', '{"format":"a","\\u0066ormat":"b"}', 'File has the member format twice in the same object'],
    ['with __proto__', '{"a":[{"__proto__":{}}]}', 'File must have no member __proto__'],
    ['with __proto__ in disguise', '{"__pr\\u006fto__":{}}', 'File must have no member __proto__'],
    ['as deep as a well', '['.repeat(100_000), 'File is nested deeper than 68 levels'],
    ['of nothing but commas', `[${','.repeat(2_000_001)}]`, 'File has more than 2,000,000 values; export it in parts'],
    ['with a byte order mark', '\ufeff{}', 'File must be UTF-8 without a byte order mark'],
    ['with a text without end', '{"a', 'File is not valid JSON; it may have been cut off on the way'],
  ])('%s is refused', async (_, file, message) => {
    await expect(read(file)).rejects.toThrow(message);
  });

  it('in another encoding is refused', async () => {
    await expect(readExchangeFile(Buffer.from('{"ü":1}', 'latin1'))).rejects.toThrow('File is not valid UTF-8');
  });

  it('takes members that objects inherit for what they are', async () => {
    const content = { constructor: { prototype: 1 }, toString: 'x' };
    const item = { type: 'model', name: 'constructor', hash: hashOf(content), content };
    expect((await read({ ...FILE, items: [item] })).items[0]).toEqual(item);
  });
});
