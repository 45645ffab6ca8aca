import { newId } from '#kernel';
import { createTestApp, type Answer, type ApiClient, type TestApp } from '#testing';

const START = Date.parse('2026-03-01T00:00:00Z');
const at = (milliseconds: number): string => new Date(START + milliseconds).toISOString();

interface Sample {
  value: unknown;
  timestamp: number;
}

describe('history', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    api = app.api(await app.newToken(['uns:read', 'uns:publish']));
  });

  afterAll(() => app.stop());

  /** A new topic that holds the samples; their times are milliseconds after the start. */
  async function topicWith(samples: readonly Sample[]): Promise<string> {
    const topic = `mHv1.0/history/${newId()}`;
    const records = samples.map(({ value, timestamp }) => ({ topic, value, timestamp: START + timestamp }));
    const { status } = await api.post('/uns/data/publish/batch', { records });
    expect(status).toBe(200);
    return topic;
  }

  const get = (what: 'recent' | 'range', query: Record<string, string | number>): Promise<Answer> => {
    const fields = Object.entries(query).map(([name, value]) => [name, String(value)] as const);
    return api.get(`/uns/data/${what}?${new URLSearchParams(Object.fromEntries(fields))}`);
  };

  const values = ({ body }: Answer): unknown[] => body.data.map(({ value }: { value: unknown }) => value);

  /** All pages, following the cursor. */
  async function pages(query: Record<string, string | number>): Promise<{ value: unknown; timestamp: string }[][]> {
    const found = [];
    let cursor: string | null = null;
    do {
      const answer: Answer = await get('range', cursor === null ? query : { ...query, cursor });
      expect(answer.status).toBe(200);
      found.push(answer.body.data);
      cursor = answer.body.meta.nextCursor;
    } while (cursor !== null);
    return found;
  }

  describe('recent', () => {
    it('is newest first by time of measurement, not of arrival', async () => {
      const topic = await topicWith([20, 0, 30, 10].map((timestamp) => ({ value: timestamp, timestamp })));
      expect(values(await get('recent', { topic }))).toEqual([30, 20, 10, 0]);
      expect(values(await get('recent', { topic, limit: 2 }))).toEqual([30, 20]);
    });

    it('gives 100 where nothing is said', async () => {
      const topic = await topicWith(Array.from({ length: 150 }, (_, timestamp) => ({ value: timestamp, timestamp })));
      const answer = await get('recent', { topic });
      expect(answer.body.data).toHaveLength(100);
      expect(answer.body.meta).toEqual({ nextCursor: null });
    });

    it('is empty for a topic that was only made as a parent', async () => {
      const topic = await topicWith([{ value: 1, timestamp: 0 }]);
      expect((await get('recent', { topic: topic.slice(0, topic.lastIndexOf('/')) })).body.data).toEqual([]);
    });

    it.each(['0', '10001', '1.5', '-1', 'ten', '', '1&limit=2', '1e9'])('refuses limit=%s', async (limit) => {
      const { status, body } = await api.get(`/uns/data/recent?topic=mHv1.0/a&limit=${limit}`);
      expect([status, body.error]).toEqual([400, 'bad_request']);
    });

    it.each([
      ['no topic', '', 'Topic is required'],
      ['an empty topic', '?topic=', 'Topic is required'],
      ['a filter', '?topic=mHv1.0/%23', 'Topic must not contain +, # or NUL'],
      ['an unknown field', '?topic=mHv1.0/a&colour=red', 'Colour is not a known field'],
    ])('refuses %s', async (_, query, message) => {
      const { status, body } = await api.get(`/uns/data/recent${query}`);
      expect(status).toBe(400);
      expect(body).toEqual({ error: 'bad_request', message });
    });
  });

  describe('range', () => {
    let topic: string;

    beforeAll(async () => {
      topic = await topicWith([0, 1_000, 2_000, 3_000].map((timestamp) => ({ value: timestamp, timestamp })));
    });

    it('is oldest first', async () => {
      expect(values(await get('range', { topic }))).toEqual([0, 1_000, 2_000, 3_000]);
    });

    it('includes its begin and excludes its end', async () => {
      expect(values(await get('range', { topic, from: at(1_000), to: at(3_000) }))).toEqual([1_000, 2_000]);
      expect(values(await get('range', { topic, from: START + 1_000, to: START + 3_000 }))).toEqual([1_000, 2_000]);
      expect(values(await get('range', { topic, from: at(1_001) }))).toEqual([2_000, 3_000]);
      expect(values(await get('range', { topic, to: at(0) }))).toEqual([]);
      expect(values(await get('range', { topic, from: at(3_000), to: at(1_000) }))).toEqual([]);
    });

    it.each(['from', 'to'])('refuses a wrong %s', async (field) => {
      for (const wrong of ['yesterday', '2026-02-30T00:00:00Z', '1.5', '99999999999999999', '']) {
        const { status, body } = await get('range', { topic, [field]: wrong });
        expect([wrong, status, body.error]).toEqual([wrong, 400, 'bad_request']);
      }
    });

    it('reaches over days, also those without a partition of their own', async () => {
      const day = 86_400_000;
      const times = [-40_000 * day, -day, 0, day, 3_000 * day];
      const wide = await topicWith(times.map((timestamp) => ({ value: timestamp, timestamp })));
      expect(values(await get('range', { topic: wide }))).toEqual(times);
      expect(values(await get('range', { topic: wide, from: at(-day), to: at(day) }))).toEqual([-day, 0]);
    });
  });

  describe('pages of a range', () => {
    it.each([1, 7, 50, 99, 100, 101])('neither lose nor repeat equal timestamps at limit %i', async (limit) => {
      const samples = Array.from({ length: 100 }, (_, value) => ({ value, timestamp: Math.floor(value / 40) }));
      const topic = await topicWith(samples);
      const found = await pages({ topic, limit });
      expect(found.flat().map(({ value }) => value)).toEqual(samples.map(({ value }) => value));
      expect(found.every((page) => page.length <= limit)).toBe(true);
    });

    it('go on where they were, whatever is published meanwhile', async () => {
      const topic = await topicWith(Array.from({ length: 4 }, (_, value) => ({ value, timestamp: 0 })));
      const first = await get('range', { topic, limit: 2 });
      const late = { topic, value: 'late', timestamp: START };
      await api.post('/uns/data/publish/batch', { records: [{ ...late, value: 'older', timestamp: START - 1 }, late] });
      const second = await get('range', { topic, limit: 10, cursor: first.body.meta.nextCursor });
      expect(values(second)).toEqual([2, 3, 'late']);
    });

    it.each(['', 'x', 'W10', 'bnVsbA', Buffer.from('["yesterday","1"]').toString('base64url'), 'a'.repeat(501)])(
      'refuse the cursor %j',
      async (cursor) => {
        const { status, body } = await get('range', { topic: 'mHv1.0/a', cursor });
        expect([status, body.error]).toEqual([400, 'bad_request']);
      },
    );
  });

  describe('buckets', () => {
    // Two buckets of a second with a hole between them; the text has no number and counts nowhere.
    const SAMPLES = [
      { value: 4, timestamp: 0 },
      { value: 1, timestamp: 400 },
      { value: 'off', timestamp: 500 },
      { value: 7, timestamp: 999 },
      { value: 10, timestamp: 2_000 },
      { value: null, timestamp: 5_000 },
    ];

    it.each([
      ['avg', [4, 10]],
      ['min', [1, 10]],
      ['max', [7, 10]],
      ['sum', [12, 10]],
      ['count', [3, 1]],
      ['first', [4, 10]],
      ['last', [7, 10]],
    ])('%s', async (aggregate, [first, second]) => {
      const topic = await topicWith(SAMPLES);
      const { status, body } = await get('range', { topic, bucket: '1s', aggregate });
      expect(status).toBe(200);
      expect(body).toEqual({
        data: [
          { timestamp: at(0), value: first, count: 3 },
          { timestamp: at(2_000), value: second, count: 1 },
        ],
        meta: { nextCursor: null },
      });
    });

    it.each([
      ['avg', 21],
      ['min', 2],
      ['max', 40],
      ['sum', 42],
      ['count', 2],
      ['first', 40],
      ['last', 2],
    ])('%s of a field of objects', async (aggregate, value) => {
      const topic = await topicWith([
        { value: { motor: { rpm: 40, state: 'on' } }, timestamp: 1 },
        { value: { motor: { rpm: '50' } }, timestamp: 2 },
        { value: { motor: null }, timestamp: 3 },
        { value: [1, 2], timestamp: 4 },
        { value: 99, timestamp: 5 },
        { value: { motor: { rpm: 2 } }, timestamp: 6 },
      ]);
      const { body } = await get('range', { topic, bucket: '1m', aggregate, field: 'motor.rpm' });
      expect(body.data).toEqual([{ timestamp: at(0), value, count: 2 }]);
    });

    it('takes the average where no aggregate is named', async () => {
      const topic = await topicWith(SAMPLES);
      expect(values(await get('range', { topic, bucket: '1m' }))).toEqual([5.5]);
    });

    it('takes first and last in the order of arrival where times are equal', async () => {
      const topic = await topicWith([3, 1, 2].map((value) => ({ value, timestamp: 0 })));
      expect(values(await get('range', { topic, bucket: '1s', aggregate: 'first' }))).toEqual([3]);
      expect(values(await get('range', { topic, bucket: '1s', aggregate: 'last' }))).toEqual([2]);
    });

    it.each([
      ['7ms', 7],
      ['500ms', 500],
      ['15m', 900_000],
      ['1h', 3_600_000],
      ['7d', 7 * 86_400_000],
      ['1000d', 1000 * 86_400_000],
    ])('are aligned to the epoch: %s', async (bucket, milliseconds) => {
      const topic = await topicWith([{ value: 1, timestamp: 12_345 }]);
      const [{ timestamp }] = (await get('range', { topic, bucket })).body.data;
      expect(Date.parse(timestamp)).toBe(Math.floor((START + 12_345) / milliseconds) * milliseconds);
    });

    it('are aligned before the epoch, too', async () => {
      const topic = await topicWith([{ value: 1, timestamp: -START - 1 }]);
      const { body } = await get('range', { topic, bucket: '1h', aggregate: 'last' });
      expect(body.data).toEqual([{ timestamp: '1969-12-31T23:00:00.000Z', value: 1, count: 1 }]);
    });

    it('hold what lies within the range alone', async () => {
      const topic = await topicWith(SAMPLES);
      const { body } = await get('range', { topic, bucket: '1s', aggregate: 'sum', from: at(400), to: at(2_000) });
      expect(body.data).toEqual([{ timestamp: at(0), value: 8, count: 2 }]);
    });

    it('have pages', async () => {
      const topic = await topicWith(Array.from({ length: 25 }, (_, value) => ({ value, timestamp: value * 700 })));
      const query = { topic, bucket: '1s', aggregate: 'sum', from: at(300) };
      const whole = (await get('range', query)).body.data;
      expect((await pages({ ...query, limit: 4 })).flat()).toEqual(whole);
      expect(whole.length).toBeGreaterThan(12);
    });

    it('say so when a sum leaves the range of numbers', async () => {
      const topic = await topicWith([1e308, 1e308].map((value, timestamp) => ({ value, timestamp })));
      const { status, body } = await get('range', { topic, bucket: '1s', aggregate: 'sum' });
      expect(status).toBe(400);
      expect(body).toEqual({ error: 'bad_request', message: 'Aggregate of these values is out of range' });
      expect(values(await get('range', { topic, bucket: '1s', aggregate: 'max' }))).toEqual([1e308]);
    });

    it('need a field for objects', async () => {
      const topic = await topicWith([{ value: { rpm: 1 }, timestamp: 0 }]);
      const { status, body } = await get('range', { topic, bucket: '1s' });
      expect(status).toBe(400);
      expect(body.message).toMatch(/^Field is required/);
      // Outside the range they do not matter.
      expect((await get('range', { topic, bucket: '1s', from: at(1) })).status).toBe(200);
    });

    it.each<[string, Record<string, string>]>([
      ['a width of nothing', { bucket: '0s' }],
      ['a width without unit', { bucket: '10' }],
      ['weeks', { bucket: '1w' }],
      ['more than 1000 days', { bucket: '1001d' }],
      ['an unknown aggregate', { bucket: '1s', aggregate: 'median' }],
      ['an aggregate without width', { aggregate: 'avg' }],
      ['a field without width', { field: 'rpm' }],
      ['an empty field', { bucket: '1s', field: '' }],
    ])('refuse %s', async (_, query) => {
      const topic = await topicWith([{ value: 1, timestamp: 0 }]);
      const { status, body } = await get('range', { topic, ...query });
      expect([status, body.error]).toEqual([400, 'bad_request']);
    });

    it('take a field whatever characters it has', async () => {
      const topic = await topicWith([{ value: { 'a}"{,\\': { ' größe': 5 } }, timestamp: 0 }]);
      expect(values(await get('range', { topic, bucket: '1s', field: 'a}"{,\\. größe' }))).toEqual([5]);
      expect((await get('range', { topic, bucket: '1s', field: 'a\0b' })).status).toBe(400);
    });
  });
});
