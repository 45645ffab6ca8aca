import { gzipSync } from 'node:zlib';
import { createTestApp, type Answer, type ApiClient, type TestApp } from '#testing';
import { rowDigest } from '../../architecture/calls/row-digest';
import { fileOf, itemOf, newPlace, validate } from './exchange';

const FIELDS = { description: null, fields: [{ name: 'speed', type: 'number' }] };
const MODEL = itemOf('model', 'Sensor', FIELDS);

const naming = (name: string, ...others: string[]) =>
  itemOf('model', name, {
    description: null,
    fields: others.map((other, index) => ({ name: `f${index}`, type: 'object', modelId: `mhub://model/${other}` })),
  });

const form = (...files: [name: string, content: string][]): FormData => {
  const made = new FormData();
  for (const [name, content] of files) made.append(name, new Blob([content]), '../../x.json');
  return made;
};

describe('a file that is broken', () => {
  let app: TestApp;
  let api: ApiClient;
  let organizationId: string;
  let editor: string;
  let digest: string;

  beforeAll(async () => {
    app = await createTestApp();
    ({ api, organizationId } = await newPlace(app));
    expect((await api.post('/engine/models', { name: 'Known', fields: [] })).status).toBe(201);
    editor = await app.newToken(['dependencies:import'], await app.newUser('editor', organizationId));
    digest = await rowDigest(app.database, organizationId);
  });

  // Whatever it is, nothing changes.
  afterEach(async () => expect(await rowDigest(app.database, organizationId)).toBe(digest));
  afterAll(() => app.stop());

  const refused = ({ status, body }: Answer) => [status, body.error, body.message];

  it.each<[string, string | object | FormData, string]>([
    [
      'cut off',
      JSON.stringify(fileOf(MODEL)).slice(0, -3),
      'File is not valid JSON; it may have been cut off on the way',
    ],
    ['empty', '', 'File is required'],
    ['no file', '[]', 'File must be an object'],
    [
      'of another hash',
      fileOf({ ...MODEL, hash: `sha256:${'0'.repeat(64)}` }),
      /^model:Sensor was changed after its export/,
    ],
    ['a bomb of brackets', '['.repeat(1_000_000), 'File is nested deeper than 68 levels'],
    ['a bomb of objects', `${'{"a":'.repeat(69)}1${'}'.repeat(69)}`, 'File is nested deeper than 68 levels'],
    ['a bomb of values', `[${'0,'.repeat(2_000_001)}0]`, 'File has more than 2,000,000 values; export it in parts'],
    ['with __proto__', '{"__proto__":{"format":"maestrohub"}}', 'File must have no member __proto__'],
    [
      'with an endless name',
      fileOf(itemOf('model', 'x'.repeat(10_000), FIELDS)),
      'items[0].name must be at most 2000 characters',
    ],
    ['with NUL in a name', fileOf(itemOf('model', 'a\0b', FIELDS)), 'items[0].name contains the NUL character'],
    ['a form without a file', new FormData(), 'File is required'],
    ['a form with another file', form(['other', '{}']), /^Unexpected file field/],
    ['a form with two files', form(['file', '{}'], ['file', '{}']), /^Too many/],
  ] as [string, string | object | FormData, string][])('%s is refused', async (_, file, message) => {
    const expected = typeof message === 'string' ? message : expect.stringMatching(message);
    const fields = typeof file === 'string' ? {} : undefined;
    expect(refused(await api.post('/dependencies/import/validate', file, fields))).toEqual([
      400,
      'bad_request',
      expected,
    ]);
  });

  it('larger than 64 MiB is refused', async () => {
    const file = `{"format":"maestrohub","description":"${'x'.repeat(64 * 1024 * 1024)}"}`;
    const answer = await validate(api, file);
    expect(refused(answer)).toEqual([413, 'payload_too_large', 'Body must be at most 64 MiB']);
  });

  it('of 60 MB without anything in it is refused', async () => {
    const answer = await validate(api, `{"format":"maestrohub"${' '.repeat(60_000_000)}}`);
    expect(refused(answer)).toEqual([400, 'bad_request', 'formatVersion must be a version like 1.0']);
  });

  it('that is compressed is refused before it can swell', async () => {
    const bomb = gzipSync(Buffer.alloc(100_000_000, 0x20));
    const token = await app.newToken(['dependencies:import']);
    const response = await fetch(`${app.url}/api/v1/dependencies/import/validate`, {
      method: 'POST',
      headers: {
        Authorization: `Bearer ${token}`,
        'X-Organization-ID': organizationId,
        'Content-Type': 'application/json',
        'Content-Encoding': 'gzip',
      },
      body: bomb,
    });
    expect([response.status, await response.json()]).toEqual([
      400,
      { error: 'bad_request', message: 'File must be sent as it is, not compressed' },
    ]);
  });

  it.each<[string, object[], object[]]>([
    ['has types that nobody knows', [itemOf('user', 'Root', {})], [{ message: 'Type user is not known here' }]],
    [
      'refers to nothing',
      [naming('Line', 'Nowhere')],
      [{ type: 'model', name: 'Line', message: 'model Nowhere is neither in the file nor here' }],
    ],
    [
      'refers to ids',
      [
        itemOf('model', 'Line', {
          fields: [{ name: 'a', type: 'object', modelId: '01890a5d-ac96-774b-bcce-b302099a8057' }],
        }),
      ],
      [{ message: '01890a5d-ac96-774b-bcce-b302099a8057 is no reference of a file' }],
    ],
    [
      'goes round in a circle',
      [naming('Line A', 'Line%20B'), naming('Line B', 'Line%20C'), naming('Line C', 'Line%20A')],
      [{ message: expect.stringContaining('model:Line A → model:Line B → model:Line C → model:Line A') }],
    ],
    [
      'has a name twice',
      [MODEL, itemOf('model', 'SENSOR', FIELDS)],
      [{ name: 'SENSOR', message: expect.stringContaining('another') }],
    ],
    [
      'has contents that are none',
      [
        itemOf('model', 'Line', { fields: 'none', constructor: 1, toString: [] }),
        itemOf('model', 'Line 2', { fields: [null] }),
      ],
      [{ name: 'Line' }, { name: 'Line 2' }],
    ],
  ])('that %s is no plan, but says what is wrong', async (_, items, problems) => {
    const { status, body } = await validate(api, fileOf(...items));
    expect([status, body.data.planId]).toEqual([200, null]);
    expect(body.data.problems).toEqual(problems.map((problem) => expect.objectContaining(problem)));
  });

  it.each([
    '../../etc/passwd',
    '\u202etxt.exe',
    '<script>alert(1)</script>',
    "'; DROP TABLE models; --",
    'constructor',
  ])('named %j is only text', async (name) => {
    const { status, body } = await validate(api, fileOf(itemOf('model', name, { fields: 1 })));
    expect([status, body.data.planId, body.data.problems[0].name]).toEqual([200, null, name]);
  });

  it('is answered to those who may import alone', async () => {
    expect((await app.api(editor, organizationId).post('/dependencies/import/validate', '{')).status).toBe(403);
    expect((await app.stranger.post('/dependencies/import/validate', '{')).status).toBe(401);
  });
});
