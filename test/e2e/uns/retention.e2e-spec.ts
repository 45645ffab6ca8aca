import { newId } from '#kernel';
import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { RecordsRetention } from '../../../libs/uns/src/retention/records-retention';

const DAY = 86_400_000;

describe('records whose time is over', () => {
  let app: TestApp;

  beforeAll(
    async () => void (app = await createTestApp({ roles: ['api', 'worker'], settings: { HUB_RATE_LIMIT: '0' } })),
  );
  afterAll(() => app.stop());

  async function tenant(recordsDays?: number): Promise<ApiClient> {
    const id = await app.newOrganization();
    const scopes = ['uns:read', 'uns:write', 'uns:publish', 'organizations:write'];
    const api = app.api(await app.newToken(scopes, await app.newUser('admin', id)), id);
    if (recordsDays) {
      const { status } = await api.patch('/organizations/settings', { retention: { recordsDays } });
      expect(status).toBe(200);
    }
    return api;
  }

  async function publish(api: ApiClient, topic: string, ages: number[]): Promise<void> {
    const records = ages.map((days) => ({ topic, value: days, timestamp: Date.now() - days * DAY }));
    expect((await api.post('/uns/data/publish/batch', { records })).status).toBe(200);
  }

  const left = async (api: ApiClient, topic: string): Promise<number[]> => {
    const { body } = await api.get(`/uns/data/recent?topic=${topic}`);
    return body.data.map(({ value }: { value: number }) => value);
  };

  it('go by what organization and topic say, and those of others stay', async () => {
    const topic = `mHv1.0/retention/${newId()}`;
    const [usual, brief] = [await tenant(), await tenant(7)];
    const ages = [0, 5, 8, 40, 364, 370, 4_000];
    // Before anything is published: the worker's own first run may come at any moment.
    const setDays = async (api: ApiClient, path: string, retentionDays: number): Promise<void> => {
      const made = await api.post('/uns/topics', { topic: path });
      const { status } = await api.put(`/uns/topics/${made.body.data.id}/config`, { retentionDays });
      expect(status).toBe(200);
    };
    await setDays(brief, `${topic}/long`, 100);
    await setDays(usual, `${topic}/short`, 1);
    for (const api of [usual, brief]) await publish(api, topic, ages);
    await publish(brief, `${topic}/long`, ages);
    await publish(usual, `${topic}/short`, ages);
    await app.nest.get(RecordsRetention, { strict: false }).run();
    expect(await left(usual, topic)).toEqual([0, 5, 8, 40, 364]);
    expect(await left(brief, topic)).toEqual([0, 5]);
    expect(await left(brief, `${topic}/long`)).toEqual([0, 5, 8, 40]);
    expect(await left(usual, `${topic}/short`)).toEqual([0]);
  });
});
