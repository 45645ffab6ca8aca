import { MaintenanceTasks } from '#platform/queue';
import { createTestApp, type Answer, type ApiClient, type TestApp } from '#testing';
import { fileOf, imported, itemOf, newPlace, validate } from './exchange';
import { Standstill } from './standstill';

const MOST_PLANS = 20;

const file = (name: string) =>
  fileOf(itemOf('model', name, { description: null, fields: [{ name: 'rpm', type: 'number' }] }));

describe('imports keep to their limits', () => {
  let app: TestApp;
  let api: ApiClient;
  let organizationId: string;

  beforeAll(async () => void (app = await createTestApp()));
  beforeEach(async () => void ({ api, organizationId } = await newPlace(app)));
  afterAll(() => app.stop());

  const plan = async (name = 'Speed'): Promise<string> => (await validate(api, file(name))).body.data.planId as string;
  const execute = (planId: string): Promise<Answer> => api.post('/dependencies/import/execute', { planId });
  const undo = (id: string, query = ''): Promise<Answer> => api.post(`/dependencies/import/${id}/undo${query}`);
  const state = async (id: string) => (await api.get(`/dependencies/import/${id}`)).body.data?.status as string;
  const models = async (): Promise<string[]> =>
    (await api.get('/engine/models')).body.data.map(({ name }: { name: string }) => name);
  /** By a worker of its own: one that ran all the time would now and then remove what a test is about to ask for. */
  const maintain = async (): Promise<void> => {
    const worker = await createTestApp({ roles: ['worker'], databaseUrl: app.config.database.url });
    try {
      await worker.nest.get(MaintenanceTasks, { strict: false }).run('dependencies.exchange');
    } finally {
      await worker.stop();
    }
  };

  /** As if it had been made, or done, so long ago. */
  const age = (id: string, column: 'created_at' | 'applied_at', interval: string) =>
    app.database.asSystem((manager) =>
      manager.query(`UPDATE dependency_imports SET ${column} = now() - $2::interval WHERE id = $1`, [id, interval]),
    );

  /** Whether what it takes to undo it is there. */
  const hasUndo = async (id: string): Promise<boolean> => {
    const [row] = await app.database.asSystem((manager) =>
      manager.query<[{ sealed: boolean }]>('SELECT undo IS NOT NULL AS sealed FROM dependency_imports WHERE id = $1', [
        id,
      ]),
    );
    return row.sealed;
  };

  describe('a plan', () => {
    it('is executed until it is a day old', async () => {
      const [young, old] = [await plan('Young'), await plan('Old')];
      await age(young, 'created_at', '23 hours 59 minutes');
      await age(old, 'created_at', '24 hours 1 minute');
      expect((await execute(young)).status).toBe(200);
      expect(await execute(old)).toMatchObject({
        status: 409,
        body: { message: 'The plan is too old; validate the file again' },
      });
      expect(await models()).toEqual(['Young']);
    });

    it('goes when it is a day old, and what was executed stays', async () => {
      const [young, old, done] = [await plan('Young'), await plan('Old'), await plan('Done')];
      expect((await execute(done)).status).toBe(200);
      await age(old, 'created_at', '24 hours 1 minute');
      await age(done, 'created_at', '25 hours');
      await maintain();
      expect([await state(young), await state(old), await state(done)]).toEqual(['planned', undefined, 'applied']);
      expect((await execute(old)).status).toBe(404);
    });

    it(`makes room for newer ones: ${MOST_PLANS} wait`, async () => {
      const done = await plan('Done');
      expect((await execute(done)).status).toBe(200);
      const plans: string[] = [];
      for (let count = 0; count <= MOST_PLANS; count++) plans.push(await plan(`Speed ${count}`));
      const [oldest, ...others] = plans;
      expect((await execute(oldest!)).status).toBe(404);
      const { body } = await api.get('/dependencies/import?limit=100');
      expect(body.data.map(({ id }: { id: string }) => id)).toEqual([...others.toReversed(), done]);
    });

    it('that makes room while it is executed has done nothing', async () => {
      const first = await plan('First');
      for (let count = 1; count < MOST_PLANS; count++) await plan(`Speed ${count}`);
      await api.get('/dependencies/graph');
      const standstill = await Standstill.of(app, organizationId);
      const answer = execute(first);
      await standstill.standing(1);
      await plan('One too many');
      await standstill.release();
      expect(await answer).toMatchObject({ status: 409, body: { message: expect.stringMatching(/made room/) } });
      expect(await models()).toEqual([]);
      expect((await api.get('/dependencies/graph')).body.data.nodes).toEqual([]);
    });

    it('is executed by one of two', async () => {
      const planId = await plan();
      const answers = await Promise.all([execute(planId), execute(planId)]);
      const [done, refused] = answers.sort((a, b) => a.status - b.status);
      expect([done.status, refused.status]).toEqual([200, 409]);
      expect(refused.body.message).toBe('The plan has been executed already');
      expect(await models()).toEqual(['Speed']);
    });
  });

  describe('what was done', () => {
    it('is undone until it is thirty days old', async () => {
      const ids: string[] = [];
      for (const name of ['Young', 'Old']) ids.push((await imported(api, file(name))).body.data.id as string);
      const [young, old] = ids as [string, string];
      await age(young, 'applied_at', '29 days 23 hours');
      await age(old, 'applied_at', '30 days 1 hour');
      const tooOld = { status: 409, body: { message: 'The import is too old to be undone' } };
      expect(await undo(old)).toMatchObject(tooOld);
      expect(await undo(old, '?force=true')).toMatchObject(tooOld);
      await maintain();
      expect([await hasUndo(young), await hasUndo(old)]).toEqual([true, false]);
      expect(await undo(old)).toMatchObject(tooOld);
      expect((await undo(young)).status).toBe(200);
      expect(await hasUndo(young)).toBe(false);
      expect(await models()).toEqual(['Old']);
    });

    it('is undone by one of two', async () => {
      const { id } = (await imported(api, file('Speed'))).body.data as { id: string };
      const answers = await Promise.all([undo(id), undo(id)]);
      const [done, refused] = answers.sort((a, b) => a.status - b.status);
      expect([done.status, refused.status]).toEqual([200, 409]);
      expect(refused.body.message).toBe('The import has been undone already');
    });
  });

  it('waits ten seconds for another one, and no longer', async () => {
    const [first, second] = [await plan('First'), await plan('Second')];
    const { id } = (await imported(api, file('Earlier'))).body.data as { id: string };
    const standstill = await Standstill.of(app, organizationId);
    const slow = execute(first);
    await standstill.standing(1);
    const refused = {
      status: 409,
      body: { message: 'Another import is being executed; try again when it is done' },
    };
    const others = Promise.all([execute(second), undo(id)]);
    // Other organizations are not held up.
    const { api: elsewhere } = await newPlace(app);
    expect((await imported(elsewhere, file('Elsewhere'))).status).toBe(200);
    expect(await others).toMatchObject([refused, refused]);
    await standstill.release();
    expect((await slow).status).toBe(200);
    expect((await execute(second)).status).toBe(200);
  });
});
