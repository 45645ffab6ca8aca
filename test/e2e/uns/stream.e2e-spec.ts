import { newId } from '#kernel';
import { createTestApp, eventually, eventuallyPasses, type TestApp } from '#testing';
import { openStream, type Stream } from './event-stream';

const BATCHES = 12;
const BATCH = 500;

describe('the live stream', () => {
  let app: TestApp;
  /** Another process of the same instance. */
  let other: TestApp;
  let token: string;
  const streams: Stream[] = [];

  beforeAll(async () => {
    app = await createTestApp({ settings: { HUB_RATE_LIMIT: '0' } });
    other = await createTestApp({ databaseUrl: app.config.database.url, settings: { HUB_RATE_LIMIT: '0' } });
    token = await app.newToken(['uns:read', 'uns:publish']);
  });

  afterEach(() => streams.splice(0).forEach((stream) => stream.close()));

  afterAll(async () => {
    await other.stop();
    await app.stop();
  });

  async function listen(query: string, headers: Record<string, string> = {}): Promise<Stream> {
    const stream = await openStream(`${app.url}/api/v1/uns/data/stream?${query}`, {
      Authorization: `Bearer ${token}`,
      'X-Organization-ID': app.organizationId,
      ...headers,
    });
    streams.push(stream);
    if (stream.status === 200) await eventuallyPasses(() => expect(stream.events[0]?.event).toBe('open'));
    return stream;
  }

  const publish = async (topic: string, value: unknown, by = app): Promise<void> => {
    const { status } = await by.api(token).post('/uns/data/publish', { topic, value });
    expect(status).toBe(200);
  };

  const branch = (): string => `mHv1.0/stream/${newId()}`;

  it('tells of what is stored afterwards, by whichever process, with everything a record has', async () => {
    const place = branch();
    await publish(`${place}/a`, 'before');
    const stream = await listen(`topic=${place}/%23`);
    await publish(`${place}/a`, 1);
    await publish(`${place}/b/c`, { rpm: 2 }, other);
    await publish(`${branch()}/a`, 'elsewhere');
    await publish(place, 3);
    await eventuallyPasses(() => expect(stream.values()).toHaveLength(3));
    expect(stream.values()).toEqual(expect.arrayContaining([1, { rpm: 2 }, 3]));
    expect(stream.events.map(({ data }) => data as object)).toContainEqual({
      id: expect.any(String),
      topic: `${place}/a`,
      value: 1,
      source: null,
      timestamp: expect.any(String),
      receivedAt: expect.any(String),
      quality: 'good',
    });
  });

  it('goes on after a break where it was, without losing or repeating anything', async () => {
    const place = branch();
    const first = await listen(`topic=${place}/%2B`);
    for (let n = 0; n < 20; n++) await publish(`${place}/a`, n, n % 2 ? app : other);
    await eventuallyPasses(() => expect(first.values()).toHaveLength(20));
    first.close();
    for (let n = 20; n < 40; n++) await publish(`${place}/a`, n, n % 2 ? app : other);
    const seen = first.events.filter(({ event }) => event === 'record')[9]!;
    const second = await listen(`topic=${place}/%2B`, { 'Last-Event-ID': seen.id });
    for (let n = 40; n < 50; n++) await publish(`${place}/a`, n);
    const all = () => [...first.values().slice(0, 10), ...second.values()].map(Number).sort((a, b) => a - b);
    await eventuallyPasses(() => expect(all()).toEqual(Array.from({ length: 50 }, (_, n) => n)));
    expect(second.events.map(({ event }) => event)).not.toContain('gap');
  });

  it('waits for a listener that reads slowly, and gives it everything in the end', async () => {
    const topic = `${branch()}/a`;
    const stream = await listen(`topic=${topic}`);
    stream.pause();
    // More than the sockets and the tail of the feed hold, and little enough to be published before it is taken for gone.
    const text = 'x'.repeat(4_000);
    for (let batch = 0; batch < BATCHES; batch++) {
      const records = Array.from({ length: BATCH }, (_, n) => ({ topic, value: `${batch * BATCH + n} ${text}` }));
      const { status } = await app.api(token).post('/uns/data/publish/batch', { records });
      expect(status).toBe(200);
    }
    stream.resume();
    await eventually(() => stream.values().length >= BATCHES * BATCH, { timeout: 60_000 });
    expect(stream.values().map((value) => parseInt(value as string, 10))).toEqual(
      Array.from({ length: BATCHES * BATCH }, (_, n) => n),
    );
  }, 120_000);

  it('says that something is missing where it went on too late', async () => {
    const stream = await listen(`topic=${branch()}`);
    const [open] = stream.events;
    const [, ...lanes] = JSON.parse(Buffer.from(open!.id, 'base64url').toString()) as number[];
    const old = Buffer.from(JSON.stringify([Date.now() - 600_000, ...lanes])).toString('base64url');
    const late = await listen(`topic=${branch()}`, { 'Last-Event-ID': old });
    await eventuallyPasses(() =>
      expect(late.events[1]).toMatchObject({ event: 'gap', data: { from: expect.any(String) } }),
    );
  });

  it('is for one’s own organization alone, whatever the filter', async () => {
    const place = branch();
    const stranger = await app.newOrganization();
    const user = await app.newUser('editor', stranger);
    const theirs = await app.newToken(['uns:read', 'uns:publish'], user);
    const stream = await listen(`topic=%23&topic=mHv1.0/%23&topic=${place}`);
    const spy = await listen('topic=%23', { Authorization: `Bearer ${theirs}`, 'X-Organization-ID': stranger });
    await app.api(theirs, stranger).post('/uns/data/publish', { topic: place, value: 'theirs' });
    await publish(place, 'ours');
    await eventuallyPasses(() => expect(stream.values()).toEqual(['ours']));
    await eventuallyPasses(() => expect(spy.values()).toEqual(['theirs']));
  });

  it('is for the branches that a token may read', async () => {
    const place = branch();
    const narrow = { Authorization: `Bearer ${await app.newToken([`uns:read:${place}/a/#`])}` };
    expect(await listen(`topic=${place}/%23`, narrow)).toMatchObject({
      status: 403,
      body: { error: 'insufficient_scope' },
    });
    const stream = await listen(`topic=${place}/a/%2B`, narrow);
    await publish(`${place}/b/x`, 'other');
    await publish(`${place}/a/x`, 'own');
    await eventuallyPasses(() => expect(stream.values()).toEqual(['own']));
  });

  it('ends when the token is revoked', async () => {
    const session = app.api(await app.signIn());
    const { body } = await session.post('/oauth2/tokens', { name: newId(), scopes: ['uns:read'] });
    const stream = await listen(`topic=${branch()}`, { Authorization: `Bearer ${body.data.token}` });
    expect((await session.delete(`/oauth2/tokens/${body.data.id}`)).status).toBe(204);
    await stream.ended;
  });

  it.each([
    ['', 'topic is required'],
    ['topic=a%23', 'Topic filter may use + for a whole level and # for the last one alone'],
  ])('refuses %j', async (query, message) => {
    const { status, body } = await listen(query);
    expect([status, body.error]).toEqual([400, 'bad_request']);
    expect(body.message.toLowerCase()).toContain(message.toLowerCase());
  });

  it('refuses an id that is none of its own', async () => {
    const { status, body } = await listen('topic=a', { 'Last-Event-ID': 'nonsense' });
    expect([status, body.message]).toEqual([400, 'Last-Event-ID must be the id of an earlier event']);
  });

  it('lets the application end', async () => {
    const third = await createTestApp({ databaseUrl: app.config.database.url });
    const stream = await openStream(`${third.url}/api/v1/uns/data/stream?topic=%23`, {
      Authorization: `Bearer ${token}`,
      'X-Organization-ID': app.organizationId,
    });
    await eventuallyPasses(() => expect(stream.events[0]?.event).toBe('open'));
    await third.stop();
    await stream.ended;
  });
});
