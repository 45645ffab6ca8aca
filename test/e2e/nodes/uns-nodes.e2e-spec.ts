import { newId, type JsonValue } from '#kernel';
import { NodeError } from '#pipelines';
import { createTestApp, eventually, type ApiClient, type TestApp } from '#testing';
import { NOW } from '../../../libs/pipelines/src/nodes/test-call';
import { MqttClients } from '../mqtt/mqtt-clients';
import { nodesOf, type Run } from './node-runner';

const AT = new Date(NOW).toISOString();

describe('nodes of the namespace', () => {
  let app: TestApp;
  let api: ApiClient;
  let run: Run;
  let clients: MqttClients;

  beforeAll(async () => {
    app = await createTestApp({ roles: ['api', 'uns'] });
    api = app.api(await app.newToken(['uns:read', 'uns:publish', 'uns:write']));
    run = nodesOf(app).run;
    clients = new MqttClients(app.mqttUrl);
  });

  afterEach(() => clients.end());
  afterAll(() => app.stop());

  const newPath = (): string => `nodes/${newId()}`;

  const stored = async (path: string): Promise<{ value: JsonValue; timestamp: string; source: string }[]> =>
    (await api.get(`/uns/data/recent?${new URLSearchParams({ topic: `mHv1.0/${path}`, limit: '10000' })}`)).body.data;

  const failure = async (work: Promise<unknown>) =>
    work.then(
      () => undefined,
      (error: unknown) => (error instanceof NodeError ? [error.message, error.retryable] : error),
    );

  describe('system.uns.publish', () => {
    const publish = (parameters: object, call = {}) =>
      run('system.uns.publish', parameters, { effectKey: newId(), ...call });

    it('stores a value, and says what it has published', async () => {
      const topic = newPath();
      const scope = { $pipeline: { name: 'Speeds' } };
      expect(await publish({ topic, value: { v: 1 } }, { scope })).toEqual({
        kind: 'emit',
        emissions: [
          {
            port: 'out',
            value: {
              topic: `mHv1.0/${topic}`,
              value: { v: 1 },
              source: 'pipeline:Speeds',
              timestamp: AT,
              quality: 'good',
            },
          },
        ],
      });
      expect(await stored(topic)).toMatchObject([
        { value: { v: 1 }, source: 'pipeline:Speeds', timestamp: AT, quality: 'good' },
      ]);
    });

    it('takes what the record says itself', async () => {
      const topic = newPath();
      const record = { source: 'plc', timestamp: '2026-02-03T04:05:06Z', quality: 'bad' };
      await publish({ topic: `mHv1.0/${topic}`, value: null, ...record });
      expect(await stored(topic)).toMatchObject([{ ...record, value: null, timestamp: '2026-02-03T04:05:06.000Z' }]);
    });

    it('stores once for its key, in every attempt and at the same time', async () => {
      const topic = newPath();
      const again = { effectKey: newId() };
      await Promise.all(Array.from({ length: 10 }, () => publish({ topic, value: 1 }, again)));
      await publish({ topic, value: 1 }, { ...again, attempt: 2 });
      expect(await stored(topic)).toHaveLength(1);
      // Together with what has no key.
      const others = [1, 2].map((value) => api.post('/uns/data/publish', { topic: `mHv1.0/${topic}/other`, value }));
      await Promise.all([publish({ topic, value: 1 }, again), ...others]);
      expect([await stored(topic), await stored(`${topic}/other`)].map(({ length }) => length)).toEqual([1, 2]);
      // Another iteration of a loop at the same time is another value.
      await publish({ topic, value: 1 });
      expect(await stored(topic)).toHaveLength(2);
    });

    it('tells subscribers', async () => {
      const topic = newPath();
      const login = { id: app.organizationId, token: await app.newToken(['uns:read']) };
      const client = await clients.connect(login);
      const received: string[] = [];
      client.on('message', (_, payload) => received.push(payload.toString()));
      await client.subscribeAsync(`mHv1.0/${topic}`, { qos: 1 });
      await publish({ topic, value: 5, source: 's' });
      await eventually(() => received.length === 1);
      expect(JSON.parse(received[0]!)).toEqual({ value: 5, timestamp: AT, source: 's', quality: 'good' });
    });

    it.each([
      [{ topic: 'a//b', value: 1 }, 'Topic must not contain empty levels'],
      [{ topic: 'a/#', value: 1 }, 'Topic must not contain +, # or NUL'],
      [{ topic: 'mHv1.0', value: 1 }, 'Topic must name at least one level after mHv1.0/'],
      [{ topic: 'a' }, 'Value is required'],
      [{ topic: 'a', value: '\0' }, 'Value contains the NUL character'],
      [{ topic: 'a', value: 1, timestamp: 'noon' }, 'Timestamp must be RFC 3339 or integer epoch milliseconds'],
    ])('refuses %j', async (parameters, message) => {
      expect(await failure(publish(parameters))).toEqual([message, false]);
    });

    it('stays in its organization', async () => {
      const topic = newPath();
      await publish({ topic, value: 1 }, { organizationId: await app.newOrganization() });
      expect(await stored(topic)).toBeUndefined();
    });
  });

  describe('system.uns.publishBatch', () => {
    const publish = (records: unknown, call = {}) =>
      run('system.uns.publishBatch', { records }, { effectKey: newId(), ...call });

    it('stores all records once, in their order', async () => {
      const topic = newPath();
      const again = { effectKey: newId() };
      const records = Array.from({ length: 10_000 }, (_, value) => ({ topic, value }));
      await Promise.all([publish(records, again), publish(records, again)]);
      expect(await publish(records, again)).toMatchObject({ emissions: [{ value: { count: 10_000 } }] });
      const values = (await stored(topic)).map(({ value }) => value);
      expect(values.toReversed()).toEqual(records.map(({ value }) => value));
    });

    it.each([
      [[], 'Records must hold 1 to 10000 entries'],
      [Array(10_001).fill({ topic: 'a', value: 1 }), 'Records must hold 1 to 10000 entries'],
      ['all', 'Records must be an array'],
      [undefined, 'Records is required'],
      [[null], 'Record must be a JSON object'],
      [[{ topic: 'a', value: 1, unit: 'm' }], 'Unit is not a known field'],
    ])('refuses others', async (records, message) => {
      expect(await failure(publish(records))).toEqual([message, false]);
    });

    it('stores none when one is bad', async () => {
      const topic = newPath();
      const records = [
        { topic, value: 1 },
        { topic, value: 2, quality: 'fine' },
      ];
      expect(await failure(publish(records))).toEqual(['Quality must be one of good, uncertain, bad', false]);
      expect(await stored(topic)).toBeUndefined();
    });
  });

  describe('system.uns.fetchdata', () => {
    const fetch = async (parameters: object, call = {}) => {
      const result = await run('system.uns.fetchdata', parameters, call);
      return (result as unknown as { emissions: { value: { value: number }[] }[] }).emissions[0]!.value;
    };

    it('reads the latest records of a stretch, newest first', async () => {
      const topic = newPath();
      const time = (second: number): string => `2026-01-01T00:00:0${second}.000Z`;
      const records = [1, 2, 3, 4, 5].map((value) => ({ topic: `mHv1.0/${topic}`, value, timestamp: time(value) }));
      await api.post('/uns/data/publish/batch', { records });
      const values = async (parameters: object) => (await fetch({ topic, ...parameters })).map(({ value }) => value);
      expect(await values({})).toEqual([5, 4, 3, 2, 1]);
      expect(await values({ limit: 2 })).toEqual([5, 4]);
      expect(await values({ to: time(4), limit: 2 })).toEqual([3, 2]);
      expect(await values({ from: Date.parse(time(4)) })).toEqual([5, 4]);
      expect(await values({ from: time(4), to: time(2) })).toEqual([]);
      expect((await fetch({ topic: `mHv1.0/${topic}`, limit: 1 }))[0]).toEqual({
        topic: `mHv1.0/${topic}`,
        value: 5,
        source: null,
        timestamp: time(5),
        receivedAt: expect.any(String),
        quality: 'good',
      });
    });

    it('fails for what there is not', async () => {
      const topic = newPath();
      expect(await failure(fetch({ topic }))).toEqual(['Topic not found', false]);
      expect(await failure(fetch({ topic: 'a/+' }))).toEqual(['Topic must not contain +, # or NUL', false]);
      expect(await failure(fetch({ topic, from: 'noon' }))).toEqual([
        'From must be RFC 3339 or integer epoch milliseconds',
        false,
      ]);
      await api.post('/uns/data/publish', { topic: `mHv1.0/${topic}`, value: 1 });
      const organizationId = await app.newOrganization();
      expect(await failure(fetch({ topic }, { organizationId }))).toEqual(['Topic not found', false]);
    });
  });

  it('system.uns.searchnodes finds topics by a part of their name, or the end of their path', async () => {
    const part = newId();
    for (const name of ['b', 'a', '100%']) {
      await api.post('/uns/topics', { topic: `mHv1.0/search/${part}/${name}`, description: name });
    }
    const search = async (parameters: object, call = {}) => {
      const result = await run('system.uns.searchnodes', parameters, call);
      return (result as unknown as { emissions: { value: { topic: string }[] }[] }).emissions[0]!.value;
    };
    expect(await search({ query: `${part.toUpperCase()}/`, limit: 2 })).toEqual([
      { topic: `mHv1.0/search/${part}/100%`, name: '100%', description: '100%' },
      { topic: `mHv1.0/search/${part}/a`, name: 'a', description: 'a' },
    ]);
    expect(await search({ query: `${part}/100%` })).toHaveLength(1);
    expect(await search({ query: `${part}/_` })).toEqual([]);
    expect(await search({}, { organizationId: await app.newOrganization() })).toEqual([]);
  });
});
