import { newId } from '#kernel';
import {
  createTestApp,
  createTestDatabase,
  eventually,
  startPostgres,
  type Answer,
  type ApiClient,
  type PostgresServer,
  type TestApp,
} from '#testing';
import { allValues } from './all-values';
import { inLanes } from './in-lanes';

const SETTINGS = '/system/uns/settings';
const LANES = 20;

/** Records in a PostgreSQL of their own, which loses no commit when it is killed. */
describe('when the storage of records goes away', () => {
  let app: TestApp;
  let api: ApiClient;
  let server: PostgresServer;

  beforeAll(async () => {
    server = await startPostgres({ toBeKilled: true });
    app = await createTestApp({ roles: ['api', 'worker'], settings: { HUB_RATE_LIMIT: '0' } });
    api = app.api(await app.newToken(['uns:read', 'uns:publish']));
    const { username, password, host, pathname } = new URL((await createTestDatabase(server.url)).url);
    const settings = app.api(await app.signIn());
    const storage = { kind: 'postgres', url: `postgres://${host}${pathname}`, username, password };
    expect((await settings.put(SETTINGS, { storage })).status).toBe(200);
    await eventually(async () => {
      const { inUse, movingTo } = (await settings.get(SETTINGS)).body.data.state.storage;
      return movingTo === undefined && inUse.kind === 'postgres';
    });
  }, 120_000);

  afterAll(async () => {
    await app.stop();
    await server.stop();
  });

  it('publishing and reading answer 503, everything else goes on, and nothing acknowledged is lost', async () => {
    const topic = `mHv1.0/outage/${newId()}`;
    const acknowledged: number[] = [];
    const refused: Answer[] = [];
    let next = 0;
    let publishing = true;
    const load = inLanes(LANES, [...Array(LANES).keys()], async () => {
      while (publishing) {
        const value = next++;
        const answer = await api.post('/uns/data/publish', { topic, value });
        if (answer.status === 200) acknowledged.push(value);
        else refused.push(answer);
      }
    });
    await eventually(() => acknowledged.length > 300);
    await server.kill();
    await eventually(() => refused.length > LANES);
    refused.push(await api.get(`/uns/data/recent?topic=${topic}`));
    expect((await api.get('/uns/topics?limit=10')).status).toBe(200);
    await server.restart();
    const before = acknowledged.length;
    await eventually(() => acknowledged.length > before + 300);
    publishing = false;
    await load;

    for (const { status, headers, body } of refused) {
      expect([status, body]).toEqual([503, { error: 'unavailable', message: 'The database does not answer' }]);
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
    }
    const kept = new Set(await allValues(api, topic));
    expect(acknowledged.filter((value) => !kept.has(value))).toEqual([]);
  }, 120_000);
});
