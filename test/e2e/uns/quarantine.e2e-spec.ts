import { newId, type JsonValue } from '#kernel';
import { OrganizationSettings } from '#organizations';
import { createTestApp, eventually, type Answer, type ApiClient, type TestApp } from '#testing';
import { UnsDataService } from '#uns';
import { QuarantineRetention } from '../../../libs/uns/src/quarantine/quarantine-retention';
import { MqttClients } from '../mqtt/mqtt-clients';

const SCOPES = ['uns:read', 'uns:write', 'uns:publish'];
const ROOT = 'mHv1.0';

interface StoredRow {
  id: string;
  number: number;
  timestamp: Date;
  received_at: Date;
}

describe('quarantine', () => {
  let app: TestApp;
  /** Another process on the same database. */
  let other: TestApp;
  let token: string;
  let api: ApiClient;
  let otherApi: ApiClient;
  let clients: MqttClients;

  beforeAll(async () => {
    const settings = { HUB_RATE_LIMIT: '0' };
    app = await createTestApp({ roles: ['api', 'uns'], settings });
    other = await createTestApp({ databaseUrl: app.config.database.url, settings });
    token = await app.newToken(SCOPES);
    api = app.api(token);
    otherApi = other.api(token, app.organizationId);
    clients = new MqttClients(app.mqttUrl);
  });

  afterEach(() => clients.end());

  afterAll(async () => {
    await other.stop();
    await app.stop();
  });

  const query = <T>(sql: string, parameters: unknown[] = []): Promise<T[]> =>
    app.database.asSystem((manager) => manager.query<T[]>(sql, parameters));

  /** A topic whose values have to be numbers. */
  async function newTopic(topic = `${ROOT}/quarantine/${newId()}`, by = api): Promise<{ id: string; topic: string }> {
    const { id } = (await by.post('/uns/topics', { topic })).body.data;
    expect((await by.put(`/uns/topics/${id}/schema`, { mode: 'strict', min: 0 })).status).toBe(200);
    return { id, topic };
  }

  const accept = async (id: string): Promise<void> => {
    expect((await api.put(`/uns/topics/${id}/schema`, { mode: 'off', min: 0 })).status).toBe(200);
  };

  /** Publishes what is refused; gives its id in quarantine. */
  async function refuse(topic: string, value: JsonValue, more = {}, by = api): Promise<string> {
    const { status, body } = await by.post('/uns/data/publish', { topic, value, ...more });
    expect(status).toBe(400);
    return body.details[0].id as string;
  }

  const setAside = async (topic: string, values: readonly JsonValue[]): Promise<void> => {
    const records = values.map((value) => ({ topic, value }));
    const { body } = await api.post('/uns/data/publish/batch?onRefused=setAside', { records });
    expect(body.data.refusedCount).toBe(values.length);
  };

  const listed = async (parameters: Record<string, string>, by = api) =>
    (await by.get(`/uns/quarantine?${new URLSearchParams(parameters)}`)).body.data as Record<string, JsonValue>[];

  const stored = (topicId: string): Promise<StoredRow[]> =>
    query('SELECT id, number, "timestamp", received_at FROM uns_records WHERE topic_id = $1 ORDER BY received_at, id', [
      topicId,
    ]);

  const resubmit = (body: object, by = api): Promise<Answer> => by.post('/uns/quarantine/resubmit', body);

  const countOf = async (): Promise<[counted: number, there: number]> => {
    const [row] = await query<{ counted: string; there: string }>(
      `SELECT (SELECT count FROM uns_quarantine_states WHERE organization_id = $1) AS counted,
              (SELECT count(*) FROM uns_quarantine WHERE organization_id = $1) AS there`,
      [app.organizationId],
    );
    return [Number(row!.counted), Number(row!.there)];
  };

  it('keeps what is refused, with everything that is known of it', async () => {
    const { topic } = await newTopic();
    const timestamp = '2026-01-02T03:04:05.678Z';
    const id = await refuse(topic, { a: [1, null] }, { timestamp, source: 'plc-01', quality: 'uncertain' });
    const [entry] = await listed({ topic });
    expect(entry).toEqual({
      ...{ id, topic, value: { a: [1, null] }, corrected: false, source: 'plc-01', timestamp, quality: 'uncertain' },
      ...{ reason: 'wrong_type', message: 'must be number', schemaVersion: 1, version: 1 },
      receivedAt: expect.any(String),
    });
    const detail = await api.get(`/uns/quarantine/${id}`);
    expect(detail.body.data).toEqual({ ...entry, verdict: expect.objectContaining({ outcome: 'refused' }) });
    expect(detail.headers.get('etag')).toBe('"1"');
  });

  it('tells values by pages, by topic, filter and reason, and counts them', async () => {
    const branch = `${ROOT}/quarantine/${newId()}`;
    const [a, b] = [await newTopic(`${branch}/a`), await newTopic(`${branch}/b`)];
    await setAside(a.topic, [-1, -2, 'x']);
    await setAside(b.topic, [-3]);
    const values = async (parameters: Record<string, string>) => (await listed(parameters)).map(({ value }) => value);
    expect(await values({ topic: `${branch}/#`, sort: 'receivedAt' })).toEqual([-1, -2, 'x', -3]);
    expect(await values({ topic: `${branch}/+` })).toEqual([-3, 'x', -2, -1]);
    expect(await values({ topic: a.topic, reason: 'wrong_type' })).toEqual(['x']);
    const pages: JsonValue[] = [];
    let cursor: string | null = '';
    do {
      const search = new URLSearchParams({ topic: `${branch}/#`, limit: '3', ...(cursor && { cursor }) });
      const { body }: Answer = await api.get(`/uns/quarantine?${search}`);
      pages.push(...body.data.map(({ value }: { value: JsonValue }) => value));
      cursor = body.meta.nextCursor as string | null;
    } while (cursor);
    expect(pages).toEqual([-3, 'x', -2, -1]);
    const summary = await api.get(`/uns/quarantine/summary?${new URLSearchParams({ topic: `${branch}/#` })}`);
    expect(summary.body.data).toMatchObject({
      total: 4,
      most: 1_000_000,
      counts: [
        { topic: a.topic, reason: 'out_of_range', count: 2 },
        { topic: a.topic, reason: 'wrong_type', count: 1 },
        { topic: b.topic, reason: 'out_of_range', count: 1 },
      ],
    });
    expect((await api.get('/uns/quarantine?topic=a%2Fb%23')).status).toBe(400);
  });

  it('keeps the same value once while it is there', async () => {
    const { topic } = await newTopic();
    const timestamp = '2026-01-02T03:04:05.678Z';
    const id = await refuse(topic, -1, { timestamp });
    expect(await refuse(topic, -1, { timestamp })).toBe(id);
    const records = [-1, -1, -2, -2].map((value) => ({ topic, value, timestamp }));
    const { body } = await otherApi.post('/uns/data/publish/batch', { records });
    const ids = body.details.map((detail: { id: string }) => detail.id);
    expect([ids[0], ids[1], ids[2] === ids[3], ids[2] === id]).toEqual([id, id, true, false]);
    await refuse(topic, -1, { timestamp, source: 'other' });
    // Without a time of its own each is another one.
    await refuse(topic, -1);
    await refuse(topic, -1);
    expect(await listed({ topic })).toHaveLength(5);
    await api.delete(`/uns/quarantine/${id}`);
    expect(await refuse(topic, -1, { timestamp })).not.toBe(id);
  });

  it('lets a value be corrected by hand, and keeps what was published', async () => {
    const { id: topicId, topic } = await newTopic();
    const id = await refuse(topic, '21,5', { timestamp: 1_700_000_000_000 });
    const path = `/uns/quarantine/${id}`;
    const wrong = await api.patch(path, { value: -1 }, { 'If-Match': '"1"' });
    expect(wrong.body.data).toMatchObject({
      ...{ value: -1, original: '21,5', corrected: true, version: 2, reason: 'wrong_type' },
      verdict: { outcome: 'refused', reason: 'out_of_range' },
    });
    expect((await api.patch(path, { value: 1 }, { 'If-Match': '"1"' })).status).toBe(412);
    const right = await api.patch(path, { value: 21.5 });
    expect(right.body.data).toMatchObject({ original: '21,5', version: 3, verdict: { outcome: 'accepted' } });
    expect((await api.patch(path, {})).status).toBe(400);
    expect(await stored(topicId)).toEqual([]);
    expect((await resubmit({ ids: [id] })).body.data).toEqual({
      ...{ resubmitted: 1, refused: 0, remaining: 0, nextCursor: null },
    });
    expect(await stored(topicId)).toMatchObject([{ id, number: 21.5, timestamp: new Date(1_700_000_000_000) }]);
    expect((await api.get(path)).status).toBe(404);
  });

  it('removes values for good', async () => {
    const { topic } = await newTopic();
    await setAside(topic, [-1, -2, -3, -4]);
    const [first, second] = await listed({ topic });
    expect((await api.delete(`/uns/quarantine/${first!.id as string}`)).status).toBe(204);
    expect((await api.delete(`/uns/quarantine/${first!.id as string}`)).status).toBe(404);
    const discard = async (body: object) => (await api.post('/uns/quarantine/discard', body)).body.data;
    expect(await discard({ ids: [first!.id, second!.id, newId()] })).toEqual({ discarded: 1 });
    expect(await discard({ topic })).toEqual({ discarded: 2 });
    expect(await listed({ topic })).toEqual([]);
    for (const body of [{}, { topic, ids: [newId()] }, { ids: [] }, { topic: 'a' }]) {
      expect((await api.post('/uns/quarantine/discard', body)).status).toBe(400);
      expect((await resubmit(body)).status).toBe(400);
    }
  });

  it('gives values that pass now to their topics, with their own ids and times', async () => {
    const branch = `${ROOT}/quarantine/${newId()}`;
    const [a, b] = [await newTopic(`${branch}/a`), await newTopic(`${branch}/b`)];
    await setAside(a.topic, [-1, -2]);
    await setAside(b.topic, [-3]);
    const before = await listed({ topic: `${branch}/#`, sort: 'receivedAt' });
    await accept(a.id);
    await api.put(`/uns/topics/${b.id}/schema`, { mode: 'strict', max: -5 });
    const { body } = await resubmit({ topic: `${branch}/#` });
    expect(body.data).toEqual({ resubmitted: 2, refused: 1, remaining: 0, nextCursor: null });
    const records = await stored(a.id);
    expect(
      records.map((row) => [row.id, row.number, row.timestamp.toISOString(), row.received_at.toISOString()]),
    ).toEqual(before.slice(0, 2).map(({ id, value, timestamp, receivedAt }) => [id, value, timestamp, receivedAt]));
    expect(await listed({ topic: `${branch}/#` })).toMatchObject([
      { value: -3, reason: 'out_of_range', message: 'must be at most -5', schemaVersion: 2, version: 1 },
    ]);
    expect(await countOf()).toEqual([expect.any(Number), (await countOf())[0]]);
  });

  it('goes on behind those that stay refused', async () => {
    const { id, topic } = await newTopic();
    await setAside(topic, ['a', 'b', -1, -2]);
    await api.put(`/uns/topics/${id}/schema`, { mode: 'strict', min: -10 });
    const first = (await resubmit({ topic, limit: 3 })).body.data;
    expect(first).toMatchObject({ resubmitted: 1, refused: 2, remaining: 1, nextCursor: expect.any(String) });
    const second = (await resubmit({ topic, limit: 3, cursor: first.nextCursor })).body.data;
    expect(second).toEqual({ resubmitted: 1, refused: 0, remaining: 0, nextCursor: null });
    expect((await resubmit({ topic, limit: 100_001 })).status).toBe(400);
  });

  it('tells subscribers of MQTT in the order of arrival', async () => {
    const { id, topic } = await newTopic();
    const values = Array.from({ length: 5_000 }, (_, index) => -1 - index);
    await setAside(topic, values);
    await accept(id);
    const heard: number[] = [];
    const client = await clients.connect({ id: app.organizationId, token });
    client.on('message', (_, payload) => heard.push((JSON.parse(payload.toString()) as { value: number }).value));
    await client.subscribeAsync(topic, { qos: 1 });
    expect((await resubmit({ topic })).body.data.resubmitted).toBe(5_000);
    await eventually(() => heard.length >= 5_000);
    expect(heard).toEqual(values);
  });

  it('belongs to branches and organizations', async () => {
    const branch = `${ROOT}/quarantine/${newId()}`;
    const [inside, outside] = [await newTopic(`${branch}/a`), await newTopic()];
    const [mine, theirs] = [await refuse(inside.topic, -1), await refuse(outside.topic, -1)];
    const narrow = app.api(await app.newToken(SCOPES.map((scope) => `${scope}:${branch}/#`)));
    expect((await listed({}, narrow)).map(({ id }) => id)).toEqual([mine]);
    expect((await narrow.get('/uns/quarantine/summary')).body.data.total).toBe(1);
    const statuses = async (calls: Promise<Answer>[]) => (await Promise.all(calls)).map(({ status }) => status);
    expect(
      await statuses([
        narrow.get(`/uns/quarantine/${theirs}`),
        narrow.patch(`/uns/quarantine/${theirs}`, { value: 1 }),
        narrow.delete(`/uns/quarantine/${theirs}`),
        narrow.post('/uns/quarantine/discard', { ids: [mine, theirs] }),
        narrow.post('/uns/quarantine/discard', { topic: `${ROOT}/#` }),
        narrow.post('/uns/quarantine/resubmit', { ids: [theirs] }),
        narrow.post('/uns/quarantine/resubmit', { topic: `${ROOT}/quarantine/+/a` }),
      ]),
    ).toEqual(Array(7).fill(403));
    const stranger = app.api(token, await app.newOrganization());
    expect((await stranger.get(`/uns/quarantine/${mine}`)).status).toBe(404);
    expect((await stranger.post('/uns/quarantine/discard', { ids: [mine] })).body.data).toEqual({ discarded: 0 });
    expect((await resubmit({ ids: [mine] }, stranger)).body.data.resubmitted).toBe(0);
    expect((await narrow.post('/uns/quarantine/discard', { ids: [mine] })).body.data).toEqual({ discarded: 1 });
  });

  it('is full at its bound: what is refused then is not kept, and says so', async () => {
    const organization = await app.newOrganization();
    const full = app.api(token, organization);
    const { topic } = await newTopic(`${ROOT}/full`, full);
    await refuse(topic, -1, {}, full);
    await query('UPDATE uns_quarantine_states SET count = 999999 WHERE organization_id = $1', [organization]);
    const records = [-2, -3].map((value) => ({ topic, value }));
    const { status, body } = await full.post('/uns/data/publish/batch', { records });
    expect(status).toBe(400);
    expect(body.details).toMatchObject([
      { id: expect.any(String) },
      {
        id: null,
        message: 'Value is refused by the schema: must be at least 0; the quarantine is full, so it is not kept',
      },
    ]);
    expect(await listed({ topic }, full)).toHaveLength(2);
  });

  it('keeps values no longer than records, and none of topics that are gone', async () => {
    const [kept, old, gone] = [await newTopic(), await newTopic(), await newTopic()];
    for (const { topic } of [kept, old, gone]) await refuse(topic, -1);
    await query(`UPDATE uns_quarantine SET received_at = now() - interval '8 days' WHERE topic_id = $1`, [old.id]);
    await query('DELETE FROM uns_topics WHERE id = $1', [gone.id]);
    await query(`UPDATE organizations SET settings = '{"retention.recordsDays": 7}' WHERE id = $1`, [
      app.organizationId,
    ]);
    const retention = new QuarantineRetention(app.database, app.nest.get(OrganizationSettings, { strict: false }));
    await retention.run();
    const left = await query<{ topic_id: string }>('SELECT topic_id FROM uns_quarantine WHERE topic_id = ANY ($1)', [
      [kept.id, old.id, gone.id],
    ]);
    expect(left).toEqual([{ topic_id: kept.id }]);
    expect((await countOf())[0]).toBe((await countOf())[1]);
  });

  describe('with 100,000 values', () => {
    const COUNT = 100_000;
    const PER_BATCH = 10_000;

    it('loses none and keeps their order while two processes resubmit, one fails, and others publish', async () => {
      const { id, topic } = await newTopic();
      for (let from = 0; from < COUNT; from += PER_BATCH) {
        await setAside(
          topic,
          Array.from({ length: PER_BATCH }, (_, index) => -1 - from - index),
        );
      }
      expect((await api.get(`/uns/quarantine/summary?${new URLSearchParams({ topic })}`)).body.data.total).toBe(COUNT);
      await accept(id);

      // Between two of its transactions one of the processes fails once.
      let calls = 0;
      const failing = [app, other].map((process) => {
        const data = process.nest.get(UnsDataService, { strict: false });
        const publishAgain = data.publishAgain.bind(data);
        return jest.spyOn(data, 'publishAgain').mockImplementation((...given) => {
          return ++calls === 5 ? Promise.reject(new Error('the process fails here')) : publishAgain(...given);
        });
      });
      let published = 0;
      let done = false;
      const publishing = (async () => {
        for (; !done; published++) await otherApi.post('/uns/data/publish', { topic, value: 1 });
      })();
      const statuses = new Set<number>();
      const resubmitting = async (by: ApiClient): Promise<number> => {
        for (let resubmitted = 0; ;) {
          const { status, body } = await eventually(
            async () => {
              const answer = await resubmit({ topic, limit: 15_000 }, by);
              statuses.add(answer.status);
              return answer.status !== 409 && answer;
            },
            { timeout: 180_000, interval: 50 },
          );
          if (status !== 200) continue;
          resubmitted += body.data.resubmitted as number;
          if (body.data.remaining === 0) return resubmitted;
        }
      };
      const shares = await Promise.all([resubmitting(api), resubmitting(otherApi)]);
      done = true;
      await publishing;
      for (const spy of failing) spy.mockRestore();

      // What was done before the failure is in nobody's answer.
      const told = shares.reduce((sum, share) => sum + share, 0);
      expect(told).toBeGreaterThan(COUNT - 15_000);
      expect([...statuses].sort()).toEqual(expect.arrayContaining([200, 500]));
      expect(await listed({ topic })).toEqual([]);
      const records = await stored(id);
      const again = records.filter(({ number }) => number < 0).map(({ number }) => number);
      expect(again).toHaveLength(COUNT);
      expect(again.every((value, index) => value === -1 - index)).toBe(true);
      expect(records).toHaveLength(COUNT + published);
      expect((await countOf())[0]).toBe((await countOf())[1]);
    }, 300_000);
  });
});
