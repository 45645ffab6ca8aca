import { ALL_SCOPES } from '#kernel';
import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { fileOf, imported, itemOf, type FileItem } from './exchange';
import { makeWholeOrganization, SECRETS } from './whole-organization';

/* An organization with hundreds of entities of every kind leaves, enters an empty one, and leaves it as the same bytes. */

jest.setTimeout(600_000);

interface Plan {
  planId: string;
  items: { type: string; action: string }[];
  secrets: { slot: string; required: boolean }[];
  problems: object[];
}

describe('a whole organization', () => {
  let app: TestApp;
  let token: string;
  let original: ApiClient;
  let copy: ApiClient;
  let file: string;

  beforeAll(async () => {
    app = await createTestApp({ settings: { HUB_RATE_LIMIT: '0' } });
    token = await app.newToken(ALL_SCOPES);
    original = app.api(token, await app.newOrganization());
    copy = app.api(token, await app.newOrganization());
    await makeWholeOrganization(original);
    file = await exported(original);
  });

  afterAll(() => app.stop());

  async function exported(api: ApiClient): Promise<string> {
    const made = await api.post('/dependencies/export', {});
    expect(made).toMatchObject({ status: 201 });
    const answer = await api.get(`/dependencies/export/${made.body.data.id}/download`);
    expect(answer.status).toBe(200);
    return answer.text;
  }

  async function planned(api: ApiClient, text = file): Promise<Plan> {
    const answer = await api.post('/dependencies/import/validate', text);
    expect(answer).toMatchObject({ status: 200 });
    return answer.body.data as Plan;
  }

  const ANOTHER: Record<string, object> = {
    function: { parameters: [{ name: 'order', type: 'string', required: false }] },
    'schema-binding': { unit: 'another' },
  };

  const changed = ({ type, name, content }: FileItem): FileItem =>
    itemOf(type, name, { ...content, ...(ANOTHER[type] ?? { description: 'Another one' }) });

  const slotsOf = ({ secrets }: Plan): Record<string, string> =>
    Object.fromEntries(
      secrets.map(({ slot }) => [slot, slot.startsWith('connection:') ? SECRETS.password : SECRETS.token]),
    );

  const countsOf = ({ items }: Plan): Record<string, number> =>
    Object.fromEntries([...Map.groupBy(items, ({ action }) => action)].map(([action, all]) => [action, all.length]));

  it('is hundreds of entities of every kind, without their secrets', () => {
    const { items } = JSON.parse(file) as { items: { type: string }[] };
    const types = new Set(items.map(({ type }) => type));
    expect([...types].sort()).toEqual([
      'connection',
      'dashboard',
      'function',
      'model',
      'pipeline',
      'schema-binding',
      'topic',
    ]);
    expect(items.length).toBeGreaterThan(380);
    for (const secret of Object.values(SECRETS)) expect(file).not.toContain(secret);
    expect(file).not.toMatch(/"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"/);
  });

  it('has nothing new for itself', async () => {
    expect(countsOf(await planned(original))).toEqual({ unchanged: JSON.parse(file).items.length });
  });

  it('enters an empty organization, and leaves it as the same bytes', async () => {
    const plan = await planned(copy);
    expect(plan.problems).toEqual([]);
    expect(countsOf(plan)).toEqual({ create: plan.items.length });
    // The webhooks are the original's, as long as it has them enabled.
    for (const { id } of (await original.get('/engine/pipelines?enabled=true&limit=200')).body.data) {
      expect(await original.post(`/engine/pipelines/${id}/disable?force=true`)).toMatchObject({ status: 200 });
    }
    const done = await copy.post('/dependencies/import/execute', { planId: plan.planId, secrets: slotsOf(plan) });
    expect(done).toMatchObject({ status: 200, body: { data: { status: 'applied' } } });
    expect(await exported(copy)).toBe(file);
  });

  it('has nothing new when it is imported again', async () => {
    const plan = await planned(copy);
    expect(countsOf(plan)).toEqual({ unchanged: plan.items.length });
    expect(plan.secrets.filter(({ required }) => required)).toEqual([]);
  });

  it('is as it was when an import that changes all of it is undone', async () => {
    const items = (JSON.parse(file) as { items: FileItem[] }).items.map(changed);
    const done = await imported(copy, fileOf(...items));
    expect(done).toMatchObject({ status: 200, body: { data: { counts: { update: items.length } } } });
    expect(await copy.post(`/dependencies/import/${done.body.data.id}/undo`)).toMatchObject({ status: 200 });
    expect(await exported(copy)).toBe(file);
  });

  it('is gone again when the import is undone', async () => {
    const [{ id }] = (await copy.get('/dependencies/import?limit=10')).body.data.filter(
      ({ status }: { status: string }) => status === 'applied',
    );
    expect(await copy.post(`/dependencies/import/${id}/undo`)).toMatchObject({ status: 200 });
    expect((JSON.parse(await exported(copy)) as { items: unknown[] }).items).toEqual([]);
    expect((await copy.get('/dependencies/graph')).body.data).toMatchObject({ nodes: [], edges: [], unresolved: [] });
  });
});
