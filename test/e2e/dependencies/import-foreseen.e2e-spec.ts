import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { fileOf, imported, itemOf, newPlace, validate, type FileItem } from './exchange';

/* What an execution would refuse stands in the plan, as far as it can be known then. */

describe('a plan', () => {
  let app: TestApp;
  let api: ApiClient;

  beforeAll(async () => void (app = await createTestApp()));
  beforeEach(async () => void ({ api } = await newPlace(app)));
  afterAll(() => app.stop());

  const problemsOf = async (...items: FileItem[]): Promise<string[]> => {
    const { status, body } = await validate(api, fileOf(...items));
    const { planId, problems } = body.data as { planId: string | null; problems: Record<string, string>[] };
    expect([status, planId === null]).toEqual([200, problems.length > 0]);
    return problems.map(({ type, name, field, message }) => `${type} ${name} ${field}: ${message}`);
  };

  const pipeline = (name: string, type: string, parameters: object, enabled = true): FileItem =>
    itemOf('pipeline', name, { enabled, edges: [], nodes: [{ id: 'start', name: 'Start', type, parameters }] });

  it.each<[string, FileItem, string]>([
    [
      'a topic',
      itemOf('topic', 'mHv1.0/a', { schema: { mode: 'strict', modelId: 'Motor', modelSchema: { type: 'object' } } }),
      'topic mHv1.0/a schema.modelId: ModelId must name a model: mhub://model/<name>',
    ],
    [
      'a schema binding',
      itemOf('schema-binding', 'Speeds', {
        ...{ filter: 'mHv1.0/#', mode: 'strict', modelId: 'Motor', modelSchema: { type: 'object' } },
      }),
      'schema-binding Speeds modelId: ModelId must name a model: mhub://model/<name>',
    ],
    [
      'a model',
      itemOf('model', 'Line', { fields: [{ name: 'motor', type: 'object', modelId: 'Motor' }] }),
      'model Line fields.0.modelId: Model id must name a model: mhub://model/<name>',
    ],
    [
      'a pipeline',
      pipeline('Check', 'trigger.connection', { connectionId: 'MES', functionId: '{{ $trigger }}' }),
      'pipeline Check nodes[0].parameters.connectionId: connectionId must name a connection: mhub://connection/<name>',
    ],
  ])('tells that %s names something in another way than files do', async (_, item, problem) => {
    const motor = itemOf('model', 'Motor', { fields: [] });
    expect(await problemsOf(motor, item)).toEqual([problem]);
  });

  it('tells what node types find wrong, of pipelines that are to be enabled', async () => {
    const parameters = { scheduleType: 'cron', cron: '0 0 30 2 *' };
    const problem = 'Cron must have six fields: second minute hour day month weekday';
    expect(await problemsOf(pipeline('Nightly', 'trigger.schedule', parameters))).toEqual([
      `pipeline Nightly nodes[0].parameters.cron: ${problem}`,
    ]);
    expect(await problemsOf(pipeline('Nightly', 'trigger.schedule', parameters, false))).toEqual([]);
  });

  it('tells that a connection cannot become one of another protocol', async () => {
    const rest = { protocol: 'rest', enabled: false, config: { baseUrl: 'https://mes.example.com' } };
    expect((await imported(api, fileOf(itemOf('connection', 'MES', rest)))).status).toBe(200);
    const other = itemOf('connection', 'MES', {
      ...{ protocol: 'modbus', enabled: false, config: { host: '192.0.2.1' } },
    });
    expect(await problemsOf(other)).toEqual([
      'connection MES protocol: Protocol of connection MES is rest and cannot become modbus',
    ]);
    expect(await problemsOf({ ...other, name: 'PLC' })).toEqual([]);
  });

  describe('with webhooks', () => {
    const hook = (name: string, path: string, enabled = true) =>
      pipeline(name, 'trigger.webhook', { path: `${prefix}/${path}` }, enabled);
    let prefix: string;
    let count = 0;

    /** Whatever others have in this file's organizations. */
    beforeEach(() => void (prefix = `foreseen-${count++}`));

    const taken = (name: string, path: string, by: string) =>
      `pipeline ${name} nodes[0].parameters.path: Webhook path ${prefix}/${path} is taken ${by}`;

    const update = async (name: string, change: object): Promise<void> => {
      const [{ id }] = (await api.get(`/engine/pipelines?search=${name}`)).body.data;
      expect((await api.patch(`/engine/pipelines/${id}`, change)).status).toBe(200);
    };

    const nodesWith = (path: string) => ({
      nodes: [{ id: 'start', name: 'Start', type: 'trigger.webhook', parameters: { path: `${prefix}/${path}` } }],
    });

    it('tells paths that another pipeline has, here or elsewhere', async () => {
      const { api: elsewhere } = await newPlace(app);
      expect((await imported(elsewhere, fileOf(hook('Theirs', 'a')))).status).toBe(200);
      expect((await imported(api, fileOf(hook('Ours', 'b')))).status).toBe(200);
      expect(await problemsOf(hook('First', 'a'), hook('Second', 'b'), hook('Third', 'c'))).toEqual([
        taken('First', 'a', 'in another organization'),
        taken('Second', 'b', 'by pipeline Ours'),
      ]);
      expect(await problemsOf(hook('First', 'a', false), hook('Second', 'b', false))).toEqual([]);
    });

    it('tells paths that two of the file want', async () => {
      expect(await problemsOf(hook('First', 'a'), hook('Second', 'a'))).toEqual([
        taken('Second', 'a', 'by pipeline First, which comes with it'),
      ]);
    });

    it('tells nothing of paths that are let go of along with it', async () => {
      expect((await imported(api, fileOf(hook('First', 'a'), hook('Second', 'b')))).status).toBe(200);
      const exchanged = [hook('First', 'b'), hook('Second', 'a')];
      expect(await problemsOf(...exchanged)).toEqual([]);
      expect((await imported(api, fileOf(...exchanged))).status).toBe(200);
      expect(await problemsOf(hook('First', 'b', false), hook('Third', 'b'))).toEqual([]);
    });

    it('tells nothing of paths whose holder is still to be decided about', async () => {
      expect((await imported(api, fileOf(hook('First', 'a')))).status).toBe(200);
      // Changed here alone it stays, unless somebody has it replaced.
      await update('First', nodesWith('b'));
      const file = fileOf(hook('First', 'a'), hook('Second', 'b'));
      expect(await problemsOf(hook('First', 'a'), hook('Second', 'b'))).toEqual([]);
      expect(await imported(api, file)).toMatchObject({
        status: 409,
        body: { message: expect.stringContaining(`Webhook path ${prefix}/b is taken`) },
      });
      const resolutions = [{ type: 'pipeline', name: 'First', action: 'replace' }];
      expect((await imported(api, file, { resolutions })).status).toBe(200);
    });
  });
});
