import { newId, roleScopes, type Member } from '#kernel';
import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { UnsDataService } from '#uns';
import { inLanes } from './in-lanes';

describe('group commit', () => {
  let app: TestApp;
  /** Another process on the same database. */
  let other: TestApp;
  let sides: ApiClient[];

  beforeAll(async () => {
    app = await createTestApp({ settings: { HUB_RATE_LIMIT: '0' } });
    other = await createTestApp({ settings: { HUB_RATE_LIMIT: '0', DATABASE_URL: app.config.database.url } });
    const token = await app.newToken(['uns:read', 'uns:publish']);
    sides = [app.api(token), other.api(token, app.organizationId)];
  });

  afterAll(async () => {
    await other.stop();
    await app.stop();
  });

  const numbers = Array.from({ length: 5_000 }, (_, value) => value);

  async function stored(topic: string): Promise<number[]> {
    const { body } = await sides[0]!.get(`/uns/data/recent?topic=${topic}&limit=10000`);
    return body.data.map(({ value }: { value: number }) => value).sort((a: number, b: number) => a - b);
  }

  it('stores 5,000 values published at once, each of them once', async () => {
    const topic = `mHv1.0/load/${newId()}`;
    const member: Member = {
      userId: newId(),
      email: 'load@example.com',
      systemAdmin: false,
      credential: { kind: 'token', id: newId() },
      granted: ['uns:publish'],
      organizationId: app.organizationId,
      role: 'editor',
      scopes: roleScopes('editor', false),
    };
    const data = app.nest.get(UnsDataService, { strict: false });
    await Promise.all(
      numbers.map((value) => data.publish(member, { topic, value, source: null, timestamp: null, quality: 'good' })),
    );
    expect(await stored(topic)).toEqual(numbers);
  });

  it('stores 5,000 requests to two processes, which make the same topics', async () => {
    const topics = Array.from({ length: 20 }, () => `mHv1.0/load/${newId()}/a/b`);
    const answers = await inLanes(200, numbers, (value) =>
      sides[value % 2]!.post('/uns/data/publish', { topic: topics[value % topics.length], value }),
    );
    expect(answers.filter(({ status }) => status !== 200)).toEqual([]);
    const found = (await Promise.all(topics.map(stored))).flat().sort((a, b) => a - b);
    expect(found).toEqual(numbers);
  });

  it('keeps batches of several organizations apart', async () => {
    const token = await app.newToken(['uns:read', 'uns:publish']);
    const organizations = await Promise.all(Array.from({ length: 5 }, () => app.newOrganization()));
    const topic = `mHv1.0/load/${newId()}`;
    const clients = organizations.map((id) => app.api(token, id));
    await inLanes(50, numbers.slice(0, 500), (value) =>
      clients[value % 5]!.post('/uns/data/publish', { topic, value }),
    );
    for (const [index, client] of clients.entries()) {
      const { body } = await client.get(`/uns/data/recent?topic=${topic}&limit=1000`);
      const values = body.data.map(({ value }: { value: number }) => value);
      expect(values).toHaveLength(100);
      expect(values.every((value: number) => value % 5 === index)).toBe(true);
    }
  });
});
