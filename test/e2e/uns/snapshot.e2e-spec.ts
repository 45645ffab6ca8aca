import { newId } from '#kernel';
import { createTestApp, type ApiClient, type TestApp } from '#testing';

describe('a snapshot', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp({ settings: { HUB_RATE_LIMIT: '0' } });
    api = app.api(await app.newToken(['uns:read', 'uns:publish']));
  });

  afterAll(() => app.stop());

  const branch = (): string => `mHv1.0/snapshot/${newId()}`;

  async function publish(records: [topic: string, value: unknown, timestamp?: string][]): Promise<void> {
    const body = { records: records.map(([topic, value, timestamp]) => ({ topic, value, timestamp })) };
    expect((await api.post('/uns/data/publish/batch', body)).status).toBe(200);
  }

  const values = async (query: string, as = api): Promise<[string, unknown][]> => {
    const { status, body } = await as.get(`/uns/data/snapshot?${query}`);
    expect(status).toBe(200);
    return body.data.map(({ topic, value }: { topic: string; value: unknown }) => [topic, value]);
  };

  it('has the last value of every topic of the branch that has one, by their topics', async () => {
    const place = branch();
    await publish([
      [`${place}/b`, 1],
      [`${place}/b`, { rpm: 2 }],
      [place, 'itself'],
      [`${place}/a/x`, 3],
      [`${place}0`, 'a neighbour'],
    ]);
    expect(await values(`prefix=${place}`)).toEqual([
      [place, 'itself'],
      [`${place}/a/x`, 3],
      [`${place}/b`, { rpm: 2 }],
    ]);
  });

  it('is as of a moment, inclusive, however long ago', async () => {
    const place = branch();
    await publish([
      [`${place}/a`, 'old', '2019-05-01T00:00:00Z'],
      [`${place}/a`, 'then', '2026-01-01T12:00:00.500Z'],
      [`${place}/a`, 'later', '2026-01-01T12:00:00.501Z'],
      [`${place}/a`, 'ahead of us', '2199-01-01T00:00:00Z'],
      [`${place}/b`, 'not yet', '2026-02-01T00:00:00Z'],
    ]);
    expect(await values(`prefix=${place}&at=2026-01-01T12:00:00.500Z`)).toEqual([[`${place}/a`, 'then']]);
    expect(await values(`prefix=${place}&at=${Date.UTC(2025, 0, 1)}`)).toEqual([[`${place}/a`, 'old']]);
    expect(await values(`prefix=${place}&at=2019-04-30T23:59:59.999Z`)).toEqual([]);
    expect(await values(`prefix=${place}`)).toEqual([
      [`${place}/a`, 'ahead of us'],
      [`${place}/b`, 'not yet'],
    ]);
  });

  it('takes the one that arrived last of equal times, and the latest of those out of order', async () => {
    const place = branch();
    const time = '2026-03-01T00:00:00Z';
    await publish([[`${place}/a`, 'first', time]]);
    await publish([[`${place}/a`, 'second', time]]);
    await publish([[`${place}/a`, 'late', '2026-02-28T00:00:00Z']]);
    expect(await values(`prefix=${place}`)).toEqual([[`${place}/a`, 'second']]);
    const { body } = await api.get(`/uns/data/range?topic=${place}/a`);
    expect(body.data.map(({ value }: { value: string }) => value)).toEqual(['late', 'first', 'second']);
  });

  it('goes on by its cursor', async () => {
    const place = branch();
    const topics = Array.from({ length: 25 }, (_, n) => `${place}/${String(n).padStart(2, '0')}`);
    await publish(topics.map((topic, n) => [topic, n]));
    const seen: string[] = [];
    let cursor = '';
    do {
      const { body } = await api.get(`/uns/data/snapshot?prefix=${place}&limit=10${cursor}`);
      seen.push(...body.data.map(({ topic }: { topic: string }) => topic));
      cursor = body.meta.nextCursor && `&cursor=${body.meta.nextCursor}`;
    } while (cursor);
    expect(seen).toEqual(topics);
  });

  it('is of one’s own organization, and of the branches that a token may read', async () => {
    const place = branch();
    await publish([
      [`${place}/a/x`, 1],
      [`${place}/b/x`, 2],
    ]);
    const narrow = app.api(await app.newToken([`uns:read:${place}/+/x`, `uns:read:${place}/a/#`]));
    expect(await values(`prefix=${place}`, narrow)).toHaveLength(2);
    const narrower = app.api(await app.newToken([`uns:read:${place}/a/#`]));
    expect(await values('', narrower)).toEqual([[`${place}/a/x`, 1]]);
    const stranger = await app.newOrganization();
    const theirs = app.api(await app.newToken(['uns:read'], await app.newUser('viewer', stranger)), stranger);
    expect(await values(`prefix=${place}`, theirs)).toEqual([]);
  });

  it.each([
    ['prefix=elsewhere/a', 'Prefix must start with mHv1.0/'],
    ['at=yesterday', 'At must be RFC 3339 or integer epoch milliseconds'],
    ['cursor=nonsense', 'Cursor must be the nextCursor of an earlier answer'],
  ])('refuses %s', async (query, message) => {
    const { status, body } = await api.get(`/uns/data/snapshot?${query}`);
    expect([status, body.message]).toEqual([400, message]);
  });

  describe('and other lists of records', () => {
    const topic = `${branch()}/a`;

    beforeAll(() =>
      publish([
        [topic, 1, '2026-01-01T00:00:00Z'],
        [topic, 'a "text", with all', '2026-01-01T00:00:01Z'],
        [topic, { rpm: 2 }, '2026-01-01T00:00:02Z'],
      ]),
    );

    it('are CSV where that is asked for', async () => {
      const { headers, text } = await api.get(`/uns/data/range?topic=${topic}&limit=2`, { Accept: 'text/csv' });
      const [head, first, second, end] = text.split('\r\n');
      expect(headers.get('content-type')).toBe('text/csv; charset=utf-8');
      expect(head).toBe('topic,value,source,timestamp,receivedAt,quality');
      expect(first).toMatch(new RegExp(`^${topic},1,,2026-01-01T00:00:00.000Z,[^,]+,good$`));
      expect(second).toContain(',"a ""text"", with all",,');
      expect(end).toBe('');
      const cursor = headers.get('x-next-cursor');
      const rest = await api.get(`/uns/data/range?topic=${topic}&cursor=${cursor}`, { Accept: 'text/csv' });
      expect(rest.text).toContain('"{""rpm"":2}"');
      expect(rest.headers.get('x-next-cursor')).toBeNull();
    });

    it('are a JSON document a line where that is asked for', async () => {
      const { headers, text } = await api.get(`/uns/data/recent?topic=${topic}`, { Accept: 'application/x-ndjson' });
      expect(headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
      const lines = text.trimEnd().split('\n');
      expect(lines.map((line) => JSON.parse(line).value as unknown)).toEqual([{ rpm: 2 }, 'a "text", with all', 1]);
    });

    it('are JSON where anything will do', async () => {
      for (const accept of ['*/*', 'application/json', 'text/html', 'text/csv;q=0.5, application/json']) {
        const { body } = await api.get(`/uns/data/snapshot?prefix=${topic}`, { Accept: accept });
        expect(body.data).toHaveLength(1);
      }
    });

    it('have buckets as CSV, too', async () => {
      const query = `topic=${topic}&bucket=1m&aggregate=avg&field=rpm`;
      const { text } = await api.get(`/uns/data/range?${query}`, { Accept: 'text/csv' });
      expect(text).toBe('timestamp,value,count\r\n2026-01-01T00:00:00.000Z,2,1\r\n');
    });
  });
});
