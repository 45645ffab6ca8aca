import { gzipSync } from 'node:zlib';
import { newId } from '#kernel';
import { createTestApp, type Answer, type ApiClient, type TestApp } from '#testing';

const MIB = 1024 * 1024;

describe('publishing', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    api = app.api(await app.newToken(['uns:read', 'uns:publish']));
  });

  afterAll(() => app.stop());

  const newTopic = (): string => `mHv1.0/publish/${newId()}`;

  const publish = (body: unknown): Promise<Answer> => api.post('/uns/data/publish', body);

  const publishBatch = (records: unknown): Promise<Answer> => api.post('/uns/data/publish/batch', { records });

  const recent = (topic: string, limit = 100): Promise<Answer> =>
    api.get(`/uns/data/recent?${new URLSearchParams({ topic, limit: String(limit) })}`);

  const stored = async (topic: string): Promise<{ value: unknown; timestamp: string }[]> =>
    (await recent(topic, 10_000)).body.data;

  const countTopics = async (): Promise<number> => (await api.get('/uns/topics?limit=1')).body.meta.total;

  function expectRefused({ status, body }: Answer, message: string | RegExp): void {
    expect(status).toBe(400);
    expect(body).toMatchObject({ error: 'bad_request' });
    if (typeof message === 'string') expect(body.message).toBe(message);
    else expect(body.message).toMatch(message);
  }

  describe('values', () => {
    it.each<[string, string]>([
      ['null', 'null'],
      ['false', 'false'],
      ['true', 'true'],
      ['zero', '0'],
      ['an integer', '1450'],
      ['the largest exact integer', '9007199254740991'],
      ['a negative fraction', '-72.5'],
      ['a tiny number', '5e-324'],
      ['a huge number', '1e+308'],
      ['the empty text', '""'],
      ['a text that looks like a number', '"72.50"'],
      ['text of every plane', JSON.stringify('größe 温度 🌡️ \u2028 \u0001 \\ "')],
      ['an empty object', '{}'],
      ['an empty array', '[]'],
      ['a nested document', '{"motor":{"rpm":[1,2.5,null,false,{"ok":""}],"state":"running"}}'],
      ['keys in the order of the sender', '{"zeta":1,"alpha":2,"mid":{"b":1,"a":2}}'],
      ['awkward keys', '{"":1,"a.b":2,"constructor":3,"toString":null,"🌡️":4}'],
    ])('%s comes back as it was sent', async (_, json) => {
      const topic = newTopic();
      const answer = await publish(`{"topic":${JSON.stringify(topic)},"value":${json}}`);
      expect(answer.status).toBe(200);
      const back = await recent(topic);
      expect(back.body.data).toHaveLength(1);
      expect(JSON.stringify(back.body.data[0].value)).toBe(json);
    });

    it('knows one zero: JSON.stringify writes none with a sign', async () => {
      const topic = newTopic();
      await publish(`{"topic":"${topic}","value":-0}`);
      expect((await recent(topic)).text).toContain('"value":0,');
    });

    it('keeps a document of 64 levels and refuses one more', async () => {
      const nested = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
      const topic = newTopic();
      expect((await publish(`{"topic":"${topic}","value":${nested(64)}}`)).status).toBe(200);
      expect(JSON.stringify((await stored(topic))[0]!.value)).toBe(nested(64));
      expectRefused(await publish(`{"topic":"${topic}","value":${nested(65)}}`), /nested deeper than 64 levels/);
    });

    it.each([
      ['NUL', '"a\\u0000b"', 'Value contains the NUL character'],
      ['NUL inside', '{"a":["\\u0000"]}', 'Value contains the NUL character'],
      ['NUL in a key', '{"\\u0000":1}', 'Value contains the NUL character'],
      ['a lone surrogate', '"\\ud800"', 'Value is not valid Unicode'],
      ['a lone surrogate in a key', '{"\\udc00":1}', 'Value is not valid Unicode'],
      ['a number out of range', '1e999', 'Value contains a number out of range'],
      ['a nested number out of range', '[{"a":-1e999}]', 'Value contains a number out of range'],
    ])('%s is refused', async (_, json, message) => {
      const topic = newTopic();
      expectRefused(await publish(`{"topic":"${topic}","value":${json}}`), message);
      expect((await recent(topic)).status).toBe(404);
    });

    it('has to be there, even if it is null', async () => {
      expectRefused(await publish({ topic: newTopic() }), 'Value is required');
    });
  });

  describe('fields', () => {
    it('keeps source and quality', async () => {
      const topic = newTopic();
      await publish({ topic, value: 1, source: 'plc-01', quality: 'uncertain' });
      expect((await recent(topic)).body.data).toEqual([
        expect.objectContaining({ topic, value: 1, source: 'plc-01', quality: 'uncertain' }),
      ]);
    });

    it('names every problem, the first one as the message', async () => {
      const { status, body } = await publish({ source: 7, quality: 'fine', colour: 'red' });
      expect(status).toBe(400);
      expect(body).toEqual({
        error: 'bad_request',
        message: 'Topic is required',
        details: [
          { field: 'topic', message: 'Topic is required' },
          { field: 'value', message: 'Value is required' },
          { field: 'source', message: 'Source must be a string' },
          { field: 'quality', message: 'Quality must be one of good, uncertain, bad' },
          { field: 'colour', message: 'Colour is not a known field' },
        ],
      });
    });

    it.each([
      ['a topic of another kind', { topic: 5 }, 'Topic must be a string'],
      ['an empty topic', { topic: '' }, 'Topic is required'],
      ['a source of 256 characters', { source: 's'.repeat(256) }, 'Source must be at most 255 characters long'],
      ['a source with NUL', { source: 'a\0' }, 'Source contains the NUL character'],
      ['an unknown field', { qualities: 1 }, 'Qualities is not a known field'],
    ])('%s is refused', async (_, fields, message) => {
      expectRefused(await publish({ topic: newTopic(), value: 1, ...fields }), message);
    });

    it.each([
      ['a number', '5'],
      ['null', 'null'],
      ['a list', '[]'],
    ])('a body that is %s is refused', async (_, body) => {
      expectRefused(await publish(body), /JSON/);
    });

    it('a hundred thousand unknown fields are refused, without listing them all', async () => {
      const strangers = Object.fromEntries(Array.from({ length: 100_000 }, (_, index) => [index.toString(36), 1]));
      const { status, body } = await publish(strangers);
      expect([status, body.message]).toEqual([400, 'Topic is required']);
      expect(body.details.length).toBeLessThan(10);
      expect((await publishBatch([strangers])).status).toBe(400);
    });

    it('no body is refused', async () => {
      expectRefused(await publish(''), 'Topic is required');
      expectRefused(await publish(undefined), /JSON/);
    });

    it('a body of another type is refused', async () => {
      const body = JSON.stringify({ topic: newTopic(), value: 1 });
      expectRefused(await api.post('/uns/data/publish', body, { 'Content-Type': 'text/plain' }), /JSON/);
    });
  });

  describe('topics', () => {
    it.each([
      ['32 levels', `mHv1.0/${Array(31).fill('a').join('/')}`],
      ['a level of 100 characters', `mHv1.0/${'a'.repeat(100)}`],
      ['1,024 characters', `mHv1.0/${Array(10).fill('a'.repeat(100)).join('/')}/${'a'.repeat(7)}`],
      ['a space, a dollar and other letters', 'mHv1.0/ halle 3/$state/Größe/%2F/..'],
    ])('%s is fine', async (_, topic) => {
      expect((await publish({ topic, value: 1 })).status).toBe(200);
      expect(await stored(topic)).toHaveLength(1);
    });

    it.each([
      ['no prefix', 'factory/line-1'],
      ['another version', 'mHv2.0/factory'],
      ['another case', 'mhv1.0/factory'],
      ['the prefix alone', 'mHv1.0'],
      ['the prefix and a slash', 'mHv1.0/'],
      ['a leading slash', '/mHv1.0/factory'],
      ['a trailing slash', 'mHv1.0/factory/'],
      ['an empty level', 'mHv1.0//factory'],
      ['33 levels', `mHv1.0/${Array(32).fill('a').join('/')}`],
      ['a level of 101 characters', `mHv1.0/${'a'.repeat(101)}`],
      ['1,025 characters', `mHv1.0/${Array(10).fill('a'.repeat(100)).join('/')}/${'a'.repeat(8)}`],
      ['a plus', 'mHv1.0/+/line'],
      ['a plus inside a level', 'mHv1.0/a+b'],
      ['a hash', 'mHv1.0/factory/#'],
      ['NUL', 'mHv1.0/a\0'],
      ['a lone surrogate', 'mHv1.0/\ud83c'],
    ])('%s is refused', async (_, topic) => {
      expectRefused(await publish({ topic, value: 1 }), /^Topic /);
    });
  });

  describe('timestamps', () => {
    it.each<[string | number, string]>([
      ['2026-01-02T03:04:05Z', '2026-01-02T03:04:05.000Z'],
      ['2026-01-02t03:04:05.6z', '2026-01-02T03:04:05.600Z'],
      ['2026-01-02T03:04:05.123456789Z', '2026-01-02T03:04:05.123Z'],
      ['2026-01-02T03:04:05+05:30', '2026-01-01T21:34:05.000Z'],
      ['2026-01-02T03:04:05.25-00:00', '2026-01-02T03:04:05.250Z'],
      ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59.000Z'],
      ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
      ['9999-12-31T23:59:59.999Z', '9999-12-31T23:59:59.999Z'],
      [0, '1970-01-01T00:00:00.000Z'],
      [-1, '1969-12-31T23:59:59.999Z'],
      [1767323045678, '2026-01-02T03:04:05.678Z'],
    ])('%s is %s', async (timestamp, expected) => {
      const topic = newTopic();
      expect((await publish({ topic, value: 1, timestamp })).status).toBe(200);
      expect((await stored(topic))[0]!.timestamp).toBe(expected);
    });

    it('is when it was received, where nothing is said', async () => {
      const topic = newTopic();
      const before = Date.now();
      await publish({ topic, value: 1, timestamp: null });
      const [record] = (await recent(topic)).body.data;
      expect(record.timestamp).toBe(record.receivedAt);
      expect(Date.parse(record.receivedAt)).toBeGreaterThanOrEqual(before);
      expect(Date.parse(record.receivedAt)).toBeLessThanOrEqual(Date.now());
    });

    it.each<[unknown]>([
      ['yesterday'],
      [''],
      ['2026-01-02'],
      ['2026-01-02T03:04:05'],
      ['2026-01-02 03:04:05Z'],
      ['2026-1-2T03:04:05Z'],
      ['2026-02-30T00:00:00Z'],
      ['2026-02-29T00:00:00Z'],
      ['2026-04-31T00:00:00+02:00'],
      ['2026-13-01T00:00:00Z'],
      ['2026-01-00T00:00:00Z'],
      ['2026-01-01T24:00:00Z'],
      ['2026-01-01T00:60:00Z'],
      ['2026-01-01T00:00:00+24:00'],
      ['+002026-01-01T00:00:00Z'],
      ['0000-01-01T00:00:00Z'],
      ['1767323045678'],
      [1767323045678.5],
      [1e18],
      [true],
      [[]],
      [{}],
    ])('%j is refused', async (timestamp) => {
      expectRefused(
        await publish({ topic: newTopic(), value: 1, timestamp }),
        'Timestamp must be RFC 3339 or integer epoch milliseconds',
      );
    });
  });

  describe('batches', () => {
    it('stores all records of a batch, in their order', async () => {
      const topic = newTopic();
      const timestamp = 1_767_225_600_000;
      const records = Array.from({ length: 10_000 }, (_, value) => ({ topic, value, timestamp }));
      const { status, body } = await publishBatch(records);
      expect(status).toBe(200);
      expect(body).toEqual({ data: { message: 'Data published successfully', count: 10_000 } });
      const values = (await stored(topic)).map(({ value }) => value);
      expect(values).toEqual(records.map(({ value }) => value).reverse());
    });

    it('stores a batch of many topics', async () => {
      const topic = newTopic();
      const records = Array.from({ length: 500 }, (_, value) => ({ topic: `${topic}/${value}`, value }));
      expect((await publishBatch(records)).status).toBe(200);
      const { body } = await api.get(`/uns/topics?limit=1&search=${topic}/`);
      expect(body.meta.total).toBe(500);
      expect(await stored(`${topic}/499`)).toEqual([expect.objectContaining({ value: 499 })]);
    });

    it.each([
      ['the first', 0],
      ['one in the middle', 613],
      ['the last', 999],
    ])('stores nothing and makes no topic when %s of 1,000 is bad', async (_, bad) => {
      const before = await countTopics();
      const topic = newTopic();
      const records = Array.from({ length: 1_000 }, (_, index) => ({
        topic: `${topic}/${index}`,
        value: index === bad ? '\0' : index,
      }));
      expectRefused(await publishBatch(records), 'Value contains the NUL character');
      expect(await countTopics()).toBe(before);
      expect((await recent(`${topic}/1`)).status).toBe(404);
    });

    it('says which record is bad', async () => {
      const { body } = await publishBatch([
        { topic: newTopic(), value: 1 },
        { value: 1, source: 1 },
      ]);
      expect(body.details).toEqual([
        { field: 'records[1].topic', message: 'Topic is required' },
        { field: 'records[1].source', message: 'Source must be a string' },
      ]);
    });

    it.each<[string, unknown, RegExp]>([
      ['10,001 records', Array(10_001).fill({ topic: 'mHv1.0/a', value: 1 }), /1 to 10000/],
      ['no record', [], /1 to 10000/],
      ['no list', {}, /must be an array/],
      ['a record that is none', [5], /JSON object/],
      ['null', null, /Records/],
    ])('%s is refused', async (_, records, message) => {
      expectRefused(await publishBatch(records), message);
    });

    it('refuses unknown fields beside the records', async () => {
      expectRefused(
        await api.post('/uns/data/publish/batch', { records: [], atomic: false }),
        'Atomic is not a known field',
      );
      expectRefused(await api.post('/uns/data/publish/batch', {}), 'Records is required');
      expectRefused(await api.post('/uns/data/publish/batch', []), 'Records is required');
    });
  });

  describe('the size of a body', () => {
    /** A publish of exactly so many bytes. */
    const sized = (topic: string, bytes: number): string => {
      const frame = JSON.stringify({ topic, value: '' });
      return JSON.stringify({ topic, value: 'x'.repeat(bytes - frame.length) });
    };

    const tooLarge = ({ status, body }: Answer, limit: string): void => {
      expect(status).toBe(413);
      expect(body).toEqual({ error: 'payload_too_large', message: `Body must be at most ${limit}` });
    };

    it('is 1 MiB for one value', async () => {
      const topic = newTopic();
      expect((await publish(sized(topic, MIB))).status).toBe(200);
      tooLarge(await publish(sized(topic, MIB + 1)), '1 MiB');
      expect(await stored(topic)).toHaveLength(1);
    });

    it('is 10 MiB for a batch', async () => {
      const topic = newTopic();
      const record = sized(topic, MIB);
      const batch = (bytes: number): string => {
        const nine = `{"records":[${Array(9).fill(record).join(',')},`;
        return `${nine}${sized(topic, bytes - nine.length - 2)}]}`;
      };
      expect((await api.post('/uns/data/publish/batch', batch(10 * MIB))).status).toBe(200);
      tooLarge(await api.post('/uns/data/publish/batch', batch(10 * MIB + 1)), '10 MiB');
      expect((await recent(topic, 20)).body.data).toHaveLength(10);
    });

    it('is that of the unpacked body', async () => {
      const send = async (text: string): Promise<Response> =>
        fetch(`${app.url}/api/v1/uns/data/publish`, {
          method: 'POST',
          headers: {
            Authorization: `Bearer ${await app.newToken(['uns:publish'])}`,
            'X-Organization-ID': app.organizationId,
            'Content-Type': 'application/json',
            'Content-Encoding': 'gzip',
          },
          body: gzipSync(text),
        });
      const topic = newTopic();
      expect((await send(sized(topic, MIB))).status).toBe(200);
      expect((await send(sized(topic, MIB + 1))).status).toBe(413);
    });
  });
});
