import type { EntityManager } from 'typeorm';
import { newId } from '#kernel';
import { createTestApp, type Answer, type ApiClient, type TestApp } from '#testing';

describe('Idempotency-Key', () => {
  let app: TestApp;
  /** Another process on the same database. */
  let other: TestApp;
  let token: string;
  let api: ApiClient;

  beforeAll(async () => {
    app = await createTestApp();
    other = await createTestApp({ settings: { DATABASE_URL: app.config.database.url } });
    token = await app.newToken(['uns:read', 'uns:publish']);
    api = app.api(token);
  });

  afterAll(async () => {
    await other.stop();
    await app.stop();
  });

  const newTopic = (): string => `mHv1.0/once/${newId()}`;

  const publish = (body: unknown, key: string, by = api): Promise<Answer> =>
    by.post('/uns/data/publish', body, { 'Idempotency-Key': key });

  const stored = async (topic: string): Promise<unknown[]> =>
    (await api.get(`/uns/data/recent?topic=${topic}`)).body.data.map(({ value }: { value: unknown }) => value);

  it('gives the first answer again and stores nothing', async () => {
    const [topic, key] = [newTopic(), newId()];
    const first = await publish({ topic, value: 1 }, key);
    const second = await publish({ topic, value: 1 }, key);
    expect([second.status, second.text]).toEqual([200, first.text]);
    expect(second.headers.get('content-type')).toBe(first.headers.get('content-type'));
    expect(await stored(topic)).toEqual([1]);
  });

  it('works for batches, and through another process', async () => {
    const [topic, key] = [newTopic(), newId()];
    const body = { records: [1, 2, 3].map((value) => ({ topic, value })) };
    const send = (by: ApiClient): Promise<Answer> =>
      by.post('/uns/data/publish/batch', body, { 'Idempotency-Key': key });
    const first = await send(api);
    const second = await send(other.api(token, app.organizationId));
    expect([second.status, second.text]).toEqual([200, first.text]);
    expect(await stored(topic)).toHaveLength(3);
  });

  it('holds for requests at the same time, by two processes', async () => {
    const [topic, key] = [newTopic(), newId()];
    const sides = [api, other.api(token, app.organizationId)];
    const answers = await Promise.all(
      Array.from({ length: 40 }, (_, index) => publish({ topic, value: 1 }, key, sides[index % 2])),
    );
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`))).toEqual(
      new Set([`200 ${answers[0]!.text}`]),
    );
    expect(await stored(topic)).toEqual([1]);
  });

  it('lets those who wait for the first answer hold nobody else up', async () => {
    const [topic, key] = [newTopic(), newId()];
    const { text } = await publish({ topic, value: 1 }, key);
    const set = (manager: EntityManager, status: number | null): Promise<unknown> =>
      manager.query('UPDATE idempotency_keys SET status = $1 WHERE key = $2', [status, key]);
    await app.database.asSystem((manager) => set(manager, null));
    const repeated: Promise<Answer>[] = [];
    await app.database.asSystem(async (manager) => {
      // The first one is just keeping its answer.
      await set(manager, 200);
      repeated.push(...Array.from({ length: 40 }, () => publish({ topic, value: 1 }, key)));
      for (let n = 0; n < 10; n++) expect((await api.get('/uns/topics?limit=1')).status).toBe(200);
    });
    for (const answer of await Promise.all(repeated)) expect([answer.status, answer.text]).toEqual([200, text]);
    expect(await stored(topic)).toEqual([1]);
  });

  it('refuses another body or another route', async () => {
    const [topic, key] = [newTopic(), newId()];
    await publish({ topic, value: 1 }, key);
    const otherBody = await publish({ topic, value: 2 }, key);
    expect(otherBody.status).toBe(409);
    expect(otherBody.body).toEqual({ error: 'conflict', message: expect.any(String) });
    const records = { records: [{ topic, value: 1 }] };
    expect((await api.post('/uns/data/publish/batch', records, { 'Idempotency-Key': key })).status).toBe(409);
    expect(await stored(topic)).toEqual([1]);
  });

  it('is each caller’s own', async () => {
    const [topic, key] = [newTopic(), newId()];
    const colleague = app.api(await app.newToken(['uns:publish'], await app.newUser('editor')));
    await publish({ topic, value: 1 }, key);
    expect((await publish({ topic, value: 2 }, key, colleague)).status).toBe(200);
    expect(await stored(topic)).toHaveLength(2);
  });

  it('is each organization’s own', async () => {
    const [topic, key] = [newTopic(), newId()];
    const elsewhere = app.api(token, await app.newOrganization());
    await publish({ topic, value: 1 }, key);
    expect((await publish({ topic, value: 2 }, key, elsewhere)).status).toBe(200);
    expect(await stored(topic)).toEqual([1]);
  });

  it('is free again after a refusal, which changed nothing', async () => {
    const [topic, key] = [newTopic(), newId()];
    expect((await publish({ topic }, key)).status).toBe(400);
    expect((await publish({ topic, value: 1 }, key)).status).toBe(200);
    expect(await stored(topic)).toEqual([1]);
  });

  it('is not kept for routes that start nothing', async () => {
    const [topic, key] = [newTopic(), newId()];
    const writer = app.api(await app.newToken(['uns:write']));
    const create = (): Promise<Answer> => writer.post('/uns/topics', { topic }, { 'Idempotency-Key': key });
    expect((await create()).status).toBe(201);
    expect((await create()).status).toBe(409);
  });

  it.each(['', 'x'.repeat(256), 'a b', 'größe'])('refuses the key %j', async (key) => {
    const { status, body } = await publish({ topic: newTopic(), value: 1 }, key);
    expect([status, body.error]).toEqual([400, 'bad_request']);
  });

  it('refuses a document that is nested without end', async () => {
    const deep = `{"topic":"${newTopic()}","value":${'['.repeat(500_000)}${']'.repeat(500_000)}}`;
    expect((await publish(deep, newId())).status).toBe(400);
  });
});
