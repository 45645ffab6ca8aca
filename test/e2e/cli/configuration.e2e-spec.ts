import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse, stringify } from 'yaml';
import { ALL_SCOPES } from '#kernel';
import { createTestApp, type ApiClient, type TestApp } from '#testing';
import { fileOf, itemOf, validate } from '../dependencies/exchange';
import { runCli, type CliResult } from './run-cli';

describe('configuration as code', () => {
  let app: TestApp;
  let token: string;
  let test: { id: string; api: ApiClient };
  let plant: { id: string; api: ApiClient };
  let directory: string;

  beforeAll(async () => {
    app = await createTestApp();
    token = await app.newToken(ALL_SCOPES);
    [test, plant] = [await newOrganization(), await newOrganization()];
    directory = mkdtempSync(join(tmpdir(), 'configuration-'));
    await fill(test.api);
  });

  afterAll(async () => {
    rmSync(directory, { recursive: true, force: true });
    await app.stop();
  });

  async function newOrganization() {
    const id = await app.newOrganization();
    return { id, api: app.api(token, id) };
  }

  const cli = (organization: { id: string }, ...args: string[]): Promise<CliResult> =>
    runCli(args, { HUB_URL: app.url, HUB_TOKEN: token, HUB_ORGANIZATION: organization.id });

  const create = async (api: ApiClient, path: string, body: object): Promise<string> => {
    const answer = await api.post(path, body);
    expect(answer).toMatchObject({ status: 201 });
    return answer.body.data.id;
  };

  async function fill(api: ApiClient): Promise<void> {
    const modelId = await create(api, '/engine/models', { name: 'Motor', fields: [{ name: 'rpm', type: 'number' }] });
    const auth = { type: 'basic', username: 'hub', password: 'a secret word' };
    const config = { baseUrl: 'http://127.0.0.1:9', auth };
    const connectionId = await create(api, '/connections', { name: 'MES', protocol: 'rest', enabled: false, config });
    const ask = { name: 'Ask', type: 'rest.get', config: { path: '/' } };
    const functionId = await create(api, `/connections/${connectionId}/functions`, ask);
    await create(api, '/uns/topics', { topic: 'mHv1.0/line-1/speed', description: 'of the motor' });
    await create(api, '/engine/pipelines', {
      name: 'Speeds',
      timeoutSeconds: 30,
      nodes: [
        { id: 'ask', name: 'Ask', type: 'connector.function', parameters: { connectionId, functionId } },
        { id: 'check', name: 'Check', type: 'model.validate', parameters: { modelId } },
      ],
    });
  }

  const read = (file: string) =>
    parse(readFileSync(join(directory, file), 'utf8')) as { name: string; content: Record<string, unknown> };

  const change = (file: string, content: object): void => {
    const before = read(file);
    writeFileSync(join(directory, file), stringify({ ...before, content: { ...before.content, ...content } }));
  };

  const pipelineOf = async (api: ApiClient): Promise<Record<string, unknown>> => {
    const [{ id }] = (await api.get('/engine/pipelines?search=Speeds')).body.data;
    return (await api.get(`/engine/pipelines/${id}`)).body.data as Record<string, unknown>;
  };

  it('is a directory with a file for each entity, without ids and secrets', async () => {
    const { code, output } = await cli(test, 'export', directory);
    expect({ code, output }).toEqual({ code: 0, output: expect.stringMatching(/^6 entities in .*: 7 files written/) });
    expect(readdirSync(directory, { recursive: true }).sort()).toEqual([
      '.base.json',
      'connections',
      'connections/MES.yaml',
      'functions',
      'functions/MES',
      'functions/MES/Ask.yaml',
      'maestrohub.json',
      'models',
      'models/Motor.yaml',
      'pipelines',
      'pipelines/Speeds.yaml',
      'topics',
      'topics/mHv1.0',
      'topics/mHv1.0/line-1',
      'topics/mHv1.0/line-1.yaml',
      'topics/mHv1.0/line-1/speed.yaml',
    ]);
    expect(read('pipelines/Speeds.yaml').content['nodes']).toMatchObject([
      { parameters: { connectionId: 'mhub://connection/MES', functionId: 'mhub://function/MES/Ask' } },
      { parameters: { modelId: 'mhub://model/Motor' } },
    ]);
    expect(JSON.stringify(read('connections/MES.yaml'))).not.toContain('a secret word');
    expect(await cli(test, 'export', directory)).toMatchObject({
      output: expect.stringContaining('0 files written, 7 as they were, 0 removed'),
    });
  });

  it('has nothing to do where it comes from', async () => {
    expect(await cli(test, 'plan', directory, '--check')).toEqual({ code: 0, output: '6 unchanged\n' });
    expect(await cli(test, 'apply', directory, '--yes')).toMatchObject({ code: 0 });
  });

  it('is applied elsewhere, once the secrets are given', async () => {
    const plan = await cli(plant, 'plan', directory, '--check');
    expect(plan).toEqual({ code: 2, output: expect.stringContaining('+ connection MES') });
    expect(plan.output).toContain('6 to create');
    expect(plan.output).toContain(`maestrohub: ${directory} and the organization differ: maestrohub apply`);
    expect((await cli(plant, 'plan', directory)).code).toBe(0);
    const refused = await cli(plant, 'apply', directory, '--yes');
    expect(refused).toEqual({
      code: 1,
      output: expect.stringContaining('"connection:MES#/config/auth/password": "…"'),
    });
    const secrets = join(directory, '.secrets.json');
    writeFileSync(secrets, JSON.stringify({ 'connection:MES#/config/auth/password': 'the secret of the plant' }));
    const done = await cli(plant, 'apply', directory, '--secrets', secrets, '--yes');
    expect(done).toEqual({
      code: 0,
      output: expect.stringMatching(/^done: 6 created; maestrohub undo \S+ takes it back$/m),
    });
    expect(await cli(plant, 'plan', directory, '--check')).toEqual({ code: 0, output: '6 unchanged\n' });
    writeFileSync(secrets, JSON.stringify({ 'connection:MES#/config/auth/password': 'another one' }));
    const renewed = await cli(plant, 'apply', directory, '--secrets', secrets, '--yes');
    expect(renewed).toEqual({ code: 0, output: expect.stringMatching(/^done: 1 updated/m) });
  });

  it('brings a change of the files, and leaves alone what was changed on the other side', async () => {
    change('pipelines/Speeds.yaml', { timeoutSeconds: 60 });
    const { id } = await pipelineOf(plant.api);
    expect(await plant.api.patch(`/engine/pipelines/${id as string}`, { description: 'ours' })).toMatchObject({
      status: 200,
    });
    const plan = await cli(plant, 'plan', directory);
    expect(plan.output).toContain('timeoutSeconds: 30 → 60');
    expect(plan.output).not.toContain('description:');
    expect(await cli(plant, 'apply', directory)).toEqual({ code: 1, output: expect.stringContaining('--yes') });
    expect(await cli(plant, 'apply', directory, '--yes')).toMatchObject({ code: 0 });
    expect(await pipelineOf(plant.api)).toMatchObject({ timeoutSeconds: 60, description: 'ours' });
  });

  it('wants to be told what to do where both sides were changed', async () => {
    change('pipelines/Speeds.yaml', { timeoutSeconds: 70 });
    const { id } = await pipelineOf(plant.api);
    await plant.api.patch(`/engine/pipelines/${id as string}`, { timeoutSeconds: 80 });
    const refused = await cli(plant, 'apply', directory, '--yes');
    expect(refused).toEqual({ code: 1, output: expect.stringContaining(`--resolve 'pipeline:Speeds=keep'`) });
    expect(await pipelineOf(plant.api)).toMatchObject({ timeoutSeconds: 80 });
    expect(await cli(plant, 'apply', directory, '--yes', '--on-conflict', 'replace')).toMatchObject({ code: 0 });
    expect(await pipelineOf(plant.api)).toMatchObject({ timeoutSeconds: 70 });
  });

  it('is taken back', async () => {
    expect(await cli(plant, 'undo', '--yes')).toEqual({
      code: 0,
      output: expect.stringMatching(/^what the import \S+ did \(1 updated\) is taken back$/m),
    });
    expect(await pipelineOf(plant.api)).toMatchObject({ timeoutSeconds: 80 });
  });

  it('takes back what was done last, and then what was done before, however they were planned', async () => {
    const planOf = async (name: string): Promise<string> => {
      const item = itemOf('model', name, { description: null, fields: [{ name: 'rpm', type: 'number' }] });
      return (await validate(plant.api, fileOf(item))).body.data.planId as string;
    };
    const [first, second] = [await planOf('First'), await planOf('Second')];
    for (const planId of [second, first]) {
      expect((await plant.api.post('/dependencies/import/execute', { planId })).status).toBe(200);
    }
    for (const id of [first, second]) {
      const output = expect.stringContaining(`what the import ${id} did (1 created) is taken back`);
      expect(await cli(plant, 'undo', '--yes')).toEqual({ code: 0, output });
    }
  });

  it('ends with 1 where there are problems, whatever was asked', async () => {
    const file = join(directory, 'dashboards/None.yaml');
    mkdirSync(dirname(file));
    writeFileSync(file, 'name: None\ncontent:\n  panels: none\n');
    for (const command of [['plan'], ['plan', '--check'], ['apply', '--yes']]) {
      const [name, ...options] = command as [string];
      expect(await cli(plant, name, directory, ...options)).toEqual({
        code: 1,
        output: expect.stringMatching(/dashboard None.*^maestrohub: nothing is done before the problems are mended$/ms),
      });
    }
    rmSync(file);
  });

  it('says which file is wrong, and where', async () => {
    const file = join(directory, 'pipelines/Speeds.yaml');
    writeFileSync(file, 'name: Speeds\ncontent: {');
    expect(await cli(plant, 'plan', directory)).toEqual({
      code: 1,
      output: expect.stringContaining(`maestrohub: ${file}:2:11: this cannot be read: `),
    });
    expect(await cli(plant, 'export', tmpdir())).toMatchObject({ output: expect.stringContaining('name another one') });
  });

  it('is exported with warnings of what no import would take', async () => {
    const broken = await newOrganization();
    const modelId = await create(broken.api, '/engine/models', { name: 'Motor', fields: [] });
    const fields = [{ name: 'motor', type: 'object', modelId }];
    await create(broken.api, '/engine/models', { name: 'Line', fields });
    expect((await broken.api.delete(`/engine/models/${modelId}?force=true`)).status).toBe(200);
    const target = join(directory, 'broken.mhub.json');
    const { code, output } = await cli(broken, 'export', target);
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining('1 entity in') });
    expect(output).toContain(`warning: model Line fields[0].modelId: model ${modelId} does not exist: no import takes`);
    rmSync(target);
  });

  it('is one file, too', async () => {
    const file = join(directory, 'whole.mhub.json');
    expect(await cli(test, 'export', file)).toMatchObject({
      code: 0,
      output: expect.stringContaining('6 entities in'),
    });
    expect(await cli(test, 'plan', file)).toEqual({ code: 0, output: '6 unchanged\n' });
  });
});
