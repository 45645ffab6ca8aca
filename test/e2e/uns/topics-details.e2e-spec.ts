import { newId } from '#kernel';
import { createTestApp, eventuallyPasses, type Answer, type ApiClient, type TestApp } from '#testing';

describe('a topic', () => {
  let app: TestApp;
  let organizationId: string;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp({ settings: { HUB_SIGNIN_LIMIT: '0' } });
    organizationId = await app.newOrganization();
    api = await narrowed('uns:read', 'uns:write', 'uns:publish', 'organizations:write');
  });

  afterAll(() => app.stop());

  const narrowed = async (...scopes: string[]): Promise<ApiClient> =>
    app.api(await app.newToken(scopes), organizationId);

  const newTopic = async (): Promise<{ topic: string; address: string }> => {
    const topic = `mHv1.0/details/${newId()}`;
    const { body } = await api.post('/uns/topics', { topic });
    return { topic, address: `/uns/topics/${body.data.id}` };
  };

  const publish = (topic: string, value: unknown, timestamp?: string): Promise<Answer> =>
    api.post('/uns/data/publish', { topic, value, ...(timestamp && { timestamp }) });

  const outcome = ({ status, body }: Answer): unknown[] => [status, body.error];

  describe('has rules of its own', () => {
    const DEFAULTS = {
      retentionDays: null,
      historyEnabled: true,
      onChange: false,
      deadband: null,
      maxIntervalSeconds: null,
      inForce: { retentionDays: 365 },
    };

    it('that begin with the defaults, and are replaced as a whole', async () => {
      const { address } = await newTopic();
      const first = await api.get(`${address}/config`);
      expect(first.body).toEqual({ data: { ...DEFAULTS, version: 1 } });
      expect(first.headers.get('etag')).toBe('"1"');
      const config = {
        retentionDays: 30,
        onChange: true,
        deadband: { kind: 'percent', value: 5 },
        maxIntervalSeconds: 60,
      };
      const changed = await api.put(`${address}/config`, config, { 'If-Match': '"1"' });
      const view = { ...DEFAULTS, ...config, inForce: { retentionDays: 30 }, version: 2 };
      expect([changed.status, changed.body]).toEqual([200, { data: view }]);
      expect(changed.headers.get('etag')).toBe('"2"');
      expect((await api.get(`${address}/config`)).body.data).toEqual(view);
      expect((await api.put(`${address}/config`, {}, { 'If-Match': '"1"' })).status).toBe(412);
      expect((await api.put(`${address}/config`, {})).body.data).toEqual({ ...DEFAULTS, version: 3 });
    });

    it('that come before those of the organization', async () => {
      const { address } = await newTopic();
      await api.patch('/organizations/settings', { retention: { recordsDays: 90 } });
      const inForce = async (): Promise<unknown> => (await api.get(`${address}/config`)).body.data.inForce;
      await eventuallyPasses(async () => expect(await inForce()).toEqual({ retentionDays: 90 }));
      await api.put(`${address}/config`, { retentionDays: 3_650 });
      expect(await inForce()).toEqual({ retentionDays: 3_650 });
    });

    it('that hold for the next value, in every process', async () => {
      const beside = await createTestApp({ databaseUrl: app.config.database.url });
      try {
        const other = beside.api(await app.newToken(['uns:publish']), organizationId);
        const { topic, address } = await newTopic();
        const send = (value: number) => other.post('/uns/data/publish', { topic, value });
        const kept = async (): Promise<number[]> =>
          (await api.get(`/uns/data/recent?topic=${topic}`)).body.data.map(({ value }: { value: number }) => value);
        await send(1);
        await send(1);
        expect(await kept()).toEqual([1, 1]);
        await api.put(`${address}/config`, { deadband: { kind: 'absolute', value: 2 } });
        for (const value of [10, 11, 12, 13, 14]) await send(value);
        expect(await kept()).toEqual([13, 10, 1, 1]);
        await api.put(`${address}/config`, { historyEnabled: false });
        await send(20);
        expect(await kept()).toEqual([13, 10, 1, 1]);
        const { data } = (await api.get(`${address}/stats`)).body;
        expect([data.last.value, data.counts.minute]).toEqual([20, 4]);
        await api.put(`${address}/config`, {});
        await send(21);
        expect(await kept()).toEqual([21, 13, 10, 1, 1]);
      } finally {
        await beside.stop();
      }
    });

    it.each<[unknown, string | RegExp]>([
      [{ retentionDays: 0 }, /^Retention days must/],
      [{ retentionDays: 3_651 }, /^Retention days must/],
      [{ retentionDays: 1.5 }, /^Retention days must/],
      [{ historyEnabled: 'no' }, /^History enabled must/],
      [{ deadband: 5 }, /Deadband/i],
      [{ deadband: [] }, /Deadband/i],
      [{ deadband: {} }, /./],
      [{ deadband: { kind: 'other', value: 1 } }, /kind/i],
      [{ deadband: { kind: 'absolute', value: 0 } }, /value/i],
      [{ maxIntervalSeconds: 60 }, 'Max interval seconds need onChange or a deadband'],
      [{ maxIntervalSeconds: 0, onChange: true }, /^Max interval seconds must/],
      [{ colour: 'red' }, 'Colour is not a known field'],
    ])('that are none: %j', async (config, message) => {
      const { address } = await newTopic();
      const answer = await api.put(`${address}/config`, config);
      expect(outcome(answer)).toEqual([400, 'bad_request']);
      expect(answer.body.message).toEqual(typeof message === 'string' ? message : expect.stringMatching(message));
    });

    it('that are written down', async () => {
      const { topic, address } = await newTopic();
      await api.put(`${address}/config`, { onChange: true });
      const entries = await app.database.asSystem((manager) =>
        manager.query<unknown[]>(
          `SELECT entity_name, changes FROM audit_entries WHERE action = 'topic.configure' AND entity_name = $1`,
          [topic],
        ),
      );
      expect(entries).toEqual([{ entity_name: topic, changes: { config: { from: null, to: { onChange: true } } } }]);
    });
  });

  describe('tells of its values', () => {
    it('nothing where there is none', async () => {
      const { address } = await newTopic();
      expect((await api.get(`${address}/stats`)).body).toEqual({
        data: {
          last: null,
          lastSeen: null,
          firstSeen: null,
          counts: { minute: 0, hour: 0, day: 0 },
          ratePerSecond: 0,
          fields: [],
        },
      });
    });

    it('the last one, how many there are, and what could be drawn', async () => {
      const { topic, address } = await newTopic();
      const ago = (minutes: number): string => new Date(Date.now() - minutes * 60_000).toISOString();
      const times = [ago(2 * 24 * 60), ago(120), ago(30), ago(0)];
      for (const time of times) await publish(topic, { rpm: 1, motor: { current: 2 }, state: 'on' }, time);
      const { data } = (await api.get(`${address}/stats`)).body;
      const [last] = (await api.get(`/uns/data/recent?topic=${topic}&limit=1`)).body.data;
      expect(data).toEqual({
        last,
        lastSeen: times[3],
        firstSeen: times[0],
        counts: { minute: 1, hour: 2, day: 3 },
        ratePerSecond: 1 / 60,
        fields: ['rpm', 'motor.current'],
      });
    });
  });

  it('is told about to those who may read it, and changed by those who may write it', async () => {
    const { topic, address } = await newTopic();
    const elsewhere = await narrowed('uns:read:mHv1.0/elsewhere/#', 'uns:write:mHv1.0/elsewhere/#');
    for (const answer of [
      await elsewhere.get(`${address}/stats`),
      await elsewhere.get(`${address}/config`),
      await elsewhere.put(`${address}/config`, {}),
    ]) {
      expect(outcome(answer)).toEqual([403, 'insufficient_scope']);
    }
    const here = await narrowed(`uns:read:${topic}`, `uns:write:${topic}`);
    expect((await here.put(`${address}/config`, { onChange: true })).status).toBe(200);
    const other = app.api(await app.newToken(['uns:read', 'uns:write']), await app.newOrganization());
    for (const answer of [
      await other.get(`${address}/stats`),
      await other.get(`${address}/config`),
      await other.put(`${address}/config`, {}),
    ]) {
      expect(outcome(answer)).toEqual([404, 'not_found']);
    }
  });
});
