import { newId, type Member } from '#kernel';
import { ModelsService } from '#models';
import { createTestApp, eventually, type Answer, type ApiClient, type TestApp } from '#testing';
import { Hold } from '../../crash/database-holds';
import { fileOf, itemOf, newPlace, validate } from './exchange';
import { memberOf } from './kept-graph';

const CONNECTION = itemOf('connection', 'MES', {
  protocol: 'rest',
  description: null,
  enabled: false,
  labels: {},
  config: { baseUrl: 'http://127.0.0.1:9' },
});
const MODEL = itemOf('model', 'Speed', { description: null, fields: [{ name: 'rpm', type: 'number' }] });
/** One of two: connections are made before models, and taken away before them. */
const HALF = { done: 1, total: 2 };

describe('the progress of an import', () => {
  let app: TestApp;
  let api: ApiClient;
  let organizationId: string;
  let planId: string;

  beforeAll(async () => void (app = await createTestApp()));
  afterAll(() => app.stop());

  beforeEach(async () => {
    ({ api, organizationId } = await newPlace(app));
    planId = (await validate(api, fileOf(CONNECTION, MODEL))).body.data.planId;
  });

  const execute = () => api.post('/dependencies/import/execute', { planId });

  const told = async (): Promise<unknown[]> => {
    const one = await api.get(`/dependencies/import/${planId}`);
    const [first] = (await api.get('/dependencies/import?limit=1')).body.data;
    return [one.body.data.progress, first.progress];
  };

  const isHalf = async (): Promise<boolean> => {
    const [one, listed] = await told();
    if (one === null || listed === null) return false;
    expect([one, listed]).toEqual([HALF, HALF]);
    return true;
  };

  /** Has the work stand still at the model until its progress is seen. */
  async function heldAtModel(work: () => Promise<Answer>): Promise<Answer> {
    const hold = await Hold.take(app.config.database.url, 'LOCK TABLE models IN SHARE MODE');
    const answer = work();
    await eventually(isHalf).finally(() => hold.release());
    return answer;
  }

  it('is seen while it is executed and while it is undone, and not any more when it is done', async () => {
    expect(await told()).toEqual([null, null]);
    const done = await heldAtModel(execute);
    expect(done).toMatchObject({ status: 200, body: { data: { status: 'applied', progress: null } } });
    expect(await told()).toEqual([null, null]);
    const undone = await heldAtModel(() => api.post(`/dependencies/import/${planId}/undo`, {}));
    expect(undone).toMatchObject({ status: 200, body: { data: { status: 'undone', progress: null } } });
    expect(await told()).toEqual([null, null]);
  });

  it('is nothing any more when it was refused on its way', async () => {
    const commit = Promise.withResolvers<void>();
    const made = Promise.withResolvers<void>();
    const member: Member = memberOf(organizationId);
    // Begun by the other one, the graph would have to be waited for.
    expect((await api.get('/dependencies/graph')).status).toBe(200);
    // Somebody makes the same model, which nobody sees before the end of the transaction.
    const other = app.database.inOrganization(organizationId, async () => {
      const fields = [{ name: 'rpm', type: 'number' as const }];
      await app.nest.get(ModelsService, { strict: false }).create(member, { name: 'Speed', fields }, newId());
      made.resolve();
      await commit.promise;
    });
    await made.promise;
    const refused = execute();
    await eventually(isHalf).finally(() => commit.resolve());
    await other;
    expect(await refused).toMatchObject({ status: 409 });
    expect(await told()).toEqual([null, null]);
    expect((await api.get(`/dependencies/import/${planId}`)).body.data.status).toBe('planned');
    expect((await api.get('/connections')).body.data).toEqual([]);
  });
});
