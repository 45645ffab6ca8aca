import { newId } from '#kernel';
import { createTestApp, eventuallyPasses, type ApiClient, type TestApp } from '#testing';
import { openStream } from './event-stream';

describe('topics of which not every value is kept', () => {
  let app: TestApp;
  /** Another process of the same instance. */
  let other: TestApp;
  let token: string;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp({ settings: { HUB_RATE_LIMIT: '0' } });
    token = await app.newToken(['uns:read', 'uns:write', 'uns:publish']);
    api = app.api(token);
  });

  beforeAll(async () => {
    other = await createTestApp({ databaseUrl: app.config.database.url, settings: { HUB_RATE_LIMIT: '0' } });
  });

  afterAll(async () => {
    await other.stop();
    await app.stop();
  });

  async function newTopic(config: object): Promise<string> {
    const topic = `mHv1.0/keeping/${newId()}`;
    const { body } = await api.post('/uns/topics', { topic });
    expect((await api.put(`/uns/topics/${body.data.id}/config`, config)).status).toBe(200);
    return topic;
  }

  const NOON = Date.UTC(2026, 0, 1, 12);

  /** By turns in one process and the other, a second apart. */
  async function publish(topic: string, values: unknown[], from = NOON): Promise<void> {
    const by = [api, other.api(token)];
    for (const [n, value] of values.entries()) {
      const record = { topic, value, timestamp: from + n * 1_000 };
      expect((await by[n % 2]!.post('/uns/data/publish', record)).status).toBe(200);
    }
  }

  const kept = async (topic: string): Promise<unknown[]> => {
    const { body } = await api.get(`/uns/data/range?topic=${topic}`);
    return body.data.map(({ value }: { value: unknown }) => value);
  };

  const last = async (topic: string): Promise<unknown> => {
    const { body } = await api.get(`/uns/data/snapshot?prefix=${topic}`);
    return body.data[0]?.value as unknown;
  };

  it('keep values that differ from the one kept last, whichever process stored that', async () => {
    const topic = await newTopic({ onChange: true });
    await publish(topic, [1, 1, 2, 2, 2, 1, 'a', 'a', { x: 1 }, { x: 1 }, null, null]);
    expect(await kept(topic)).toEqual([1, 2, 1, 'a', { x: 1 }, null]);
  });

  it('keep what leaves the deadband around the value kept last', async () => {
    const topic = await newTopic({ deadband: { kind: 'absolute', value: 1 } });
    await publish(topic, [10, 10.4, 10.9, 11.1, 10.5, 10, 9.9, 11.2]);
    expect(await kept(topic)).toEqual([10, 11.1, 10, 11.2]);
  });

  it('keep an equal value after the longest interval', async () => {
    const topic = await newTopic({ onChange: true, maxIntervalSeconds: 3 });
    await publish(topic, [5, 5, 5, 5, 5, 5, 5]);
    expect(await kept(topic)).toHaveLength(3);
  });

  it('keep what comes late: nobody can tell what it differed from', async () => {
    const topic = await newTopic({ onChange: true });
    await publish(topic, [1, 1]);
    await publish(topic, [1], NOON - 60_000);
    await publish(topic, [1], NOON + 60_000);
    expect(await kept(topic)).toEqual([1, 1]);
  });

  it('keep all of a batch that has to be kept, in its order', async () => {
    const topic = await newTopic({ onChange: true });
    const records = [1, 1, 2, 2, 1].map((value, n) => ({ topic, value, timestamp: NOON + n }));
    expect((await api.post('/uns/data/publish/batch', { records })).status).toBe(200);
    expect(await kept(topic)).toEqual([1, 2, 1]);
  });

  it('keep nothing where there is no history, and show the last value all the same', async () => {
    const topic = await newTopic({ historyEnabled: false });
    await publish(topic, [1, 2, 3]);
    expect(await kept(topic)).toEqual([]);
    expect(await last(topic)).toBe(3);
  });

  it('show the value that came last, kept or not', async () => {
    const topic = await newTopic({ deadband: { kind: 'percent', value: 50 } });
    await publish(topic, [10, 12]);
    expect(await kept(topic)).toEqual([10]);
    expect(await last(topic)).toBe(12);
    const found = await api.get(`/uns/topics/by-path?topic=${topic}`);
    const { body } = await api.get(`/uns/topics/${found.body.data.id}/stats`);
    expect(body.data.last).toMatchObject({ topic, value: 12 });
  });

  it('tell live listeners all of them', async () => {
    const topic = await newTopic({ onChange: true });
    const stream = await openStream(`${app.url}/api/v1/uns/data/stream?topic=${topic}`, {
      Authorization: `Bearer ${token}`,
      'X-Organization-ID': app.organizationId,
    });
    await eventuallyPasses(() => expect(stream.events[0]?.event).toBe('open'));
    await publish(topic, [1, 1, 1]);
    await eventuallyPasses(() => expect(stream.values()).toEqual([1, 1, 1]));
    stream.close();
    expect(await kept(topic)).toEqual([1]);
  });

  it('go by a changed rule from its answer on, in every process', async () => {
    const topic = await newTopic({ onChange: true });
    await publish(topic, [1, 1]);
    const found = await api.get(`/uns/topics/by-path?topic=${topic}`);
    expect((await api.put(`/uns/topics/${found.body.data.id}/config`, {})).status).toBe(200);
    await publish(topic, [1, 1], NOON + 10_000);
    expect(await kept(topic)).toEqual([1, 1, 1]);
  });
});
