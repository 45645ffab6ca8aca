import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { create, MANUAL, pipelineOf, run } from '../executions/pipelines';
import { buildExtensions, type Extensions } from './extension';

const SCOPES = ['pipelines:read', 'pipelines:write', 'pipelines:execute'];

const dewPoint = (temperature: string | number) =>
  pipelineOf([MANUAL, { name: 'Dew', type: 'acme.dewPoint', parameters: { temperature, humidity: 50 } }]);

describe('the node type of docs/extending.md', () => {
  let extensions: Extensions;
  let app: TestApp;
  let api: ApiClient;

  // The compiler reads the types of the whole platform.
  beforeAll(async () => {
    extensions = await buildExtensions();
    app = await createTestApp({ roles: ['api', 'worker'], settings: { HUB_MODULES: extensions.names.join(',') } });
    api = app.api(await app.newToken(SCOPES));
  }, 120_000);

  afterAll(async () => {
    await app.stop();
    await extensions.remove();
  });

  it('is listed with its schema', async () => {
    const { body } = await api.get('/engine/nodes');
    expect(body.data).toContainEqual(
      expect.objectContaining({ id: 'acme.dewPoint', title: 'Dew point', category: 'transform' }),
    );
  });

  it('runs in a pipeline', async () => {
    const id = await create(api, dewPoint('{{ $trigger.payload.celsius }}'));
    expect(await run(api, id, { celsius: 20 })).toMatchObject({ status: 'completed', output: { dewPoint: 9.3 } });
  });

  it('checks pipelines by its schema', async () => {
    const made = await api.post('/engine/pipelines', dewPoint('warm'));
    const { status, body } = await api.post(`/engine/pipelines/${made.body.data.id}/enable`);
    expect([status, JSON.stringify(body)]).toEqual([expect.any(Number), expect.stringContaining('temperature')]);
    expect(status).toBeGreaterThanOrEqual(400);
  });
});
