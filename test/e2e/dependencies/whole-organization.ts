import type { Answer, ApiClient } from '#testing';

/** Names that file formats, paths, pages and languages trip over. */
const STRANGE = [
  'a/b',
  '~0 ~1',
  'ÄÖÜ ß',
  '"quoted"',
  "it's",
  '<b>bold</b>',
  '100 %',
  '製造 🏭',
  'mhub://model/x',
  '..',
];

const name = (kind: string, index: number): string => `${kind} ${index} ${STRANGE[index % STRANGE.length]!}`;

const MODELS = 40;
const CONNECTIONS = 30;
const FUNCTIONS = 3;
const PIPELINES = 60;
const TOPICS = 120;
const BINDINGS = 20;
const DASHBOARDS = 30;

export const SECRETS = { password: 'a secret of a connection', token: 'a secret of a webhook' };

/** Makes an organization with hundreds of entities of every kind, which refer to each other in every way. */
export async function makeWholeOrganization(api: ApiClient): Promise<void> {
  const models = await inTurn(MODELS, (index, before) => make(api, '/engine/models', model(index, before)));
  const connections = await inTurn(CONNECTIONS, (index) => make(api, '/connections', connection(index)));
  const functions: { connectionId: string; functionId: string }[] = [];
  for (const connectionId of connections) {
    const made = await inTurn(FUNCTIONS, (index) =>
      make(api, `/connections/${connectionId}/functions`, {
        name: name('Read', index),
        type: 'rest.get',
        config: { path: '/orders/((order))', query: { full: 'true' } },
        parameters: [{ name: 'order', type: 'string', required: true }],
      }),
    );
    functions.push(...made.map((functionId) => ({ connectionId, functionId })));
  }
  const topics = await inTurn(TOPICS, (index) => make(api, '/uns/topics', topic(index)));
  for (const [index, id] of topics.entries()) await describeTopic(api, id, index, models);
  await inTurn(BINDINGS, (index) => make(api, '/uns/schema-bindings', binding(index, models)));
  await inTurn(PIPELINES, (index, before) =>
    make(api, '/engine/pipelines', pipeline(index, { models, functions, pipelines: before })),
  );
  await makeDashboards(api);
}

async function inTurn(count: number, work: (index: number, before: string[]) => Promise<string>): Promise<string[]> {
  const ids: string[] = [];
  for (let index = 0; index < count; index += 1) ids.push(await work(index, ids));
  return ids;
}

async function make(api: ApiClient, path: string, body: object): Promise<string> {
  return (requireSuccess(await api.post(path, body)).body as { data: { id: string } }).data.id;
}

function requireSuccess(answer: Answer): Answer {
  if (answer.status >= 300) throw new Error(`answered ${answer.status}: ${answer.text}`);
  return answer;
}

const oneOf = <T>(all: readonly T[], index: number): T => all[index % all.length]!;

function model(index: number, before: readonly string[]): object {
  const named = index % 3 === 0 && before.length > 0 ? [{ name: 'part', type: 'object', modelId: before.at(-1) }] : [];
  const listed =
    index % 5 === 0 && before.length > 0
      ? [{ name: 'parts', type: 'array', items: { type: 'object', modelId: before[0] } }]
      : [];
  return {
    name: name('Model', index),
    description: index % 2 === 0 ? `The ${index}th` : null,
    fields: [
      { name: 'speed', type: 'number', required: true, unit: 'rpm', min: 0, max: 10_000 },
      { name: 'state', type: 'enum', enum: ['running', 'stopped'], default: 'stopped' },
      { name: 'operator', type: 'string', sensitive: true, pattern: '^[A-Z]+$' },
      ...named,
      ...listed,
    ],
  };
}

const connection = (index: number): object => ({
  name: name('Connection', index),
  description: `Number ${index}`,
  protocol: 'rest',
  enabled: false,
  labels: { line: `${index % 4}`, 'area/x': 'ö "' },
  config: {
    baseUrl: `http://127.0.0.1:9/${index}`,
    timeoutMs: 5_000 + index,
    ...(index % 2 === 0 && { auth: { type: 'basic', username: 'hub', password: SECRETS.password } }),
  },
});

const topic = (index: number): object => ({
  topic: `mHv1.0/site ${index % 3}/${oneOf(
    STRANGE.filter((text) => !text.includes('/')),
    index,
  )}/t${index}`,
  description: index % 2 === 0 ? `Topic ${index}` : null,
});

async function describeTopic(api: ApiClient, id: string, index: number, models: readonly string[]): Promise<void> {
  const path = `/uns/topics/${id}`;
  if (index % 2 === 0) requireSuccess(await api.patch(path, { tags: ['b', 'a', `t${index % 5}`] }));
  if (index % 3 === 0) {
    const config = { retentionDays: 10 + index, onChange: true, maxIntervalSeconds: 60 };
    requireSuccess(await api.put(`${path}/config`, config));
  }
  const schemas = [
    { mode: 'strict', modelId: oneOf(models, index) },
    { mode: 'lenient', unit: '°C', min: -40, max: 125.5 },
    { mode: 'off', schema: { type: 'object', properties: { b: { type: 'number' }, a: { type: 'string' } } } },
  ];
  if (index % 4 !== 3) requireSuccess(await api.put(`${path}/schema`, oneOf(schemas, index)));
}

const binding = (index: number, models: readonly string[]): object => ({
  name: name('Binding', index),
  filter: `mHv1.0/site ${index % 3}/+/b${index}/#`,
  mode: 'lenient',
  ...(index % 2 === 0 ? { modelId: oneOf(models, index) } : { schema: { type: 'number' }, unit: 'bar' }),
});

interface Made {
  models: readonly string[];
  functions: readonly { connectionId: string; functionId: string }[];
  pipelines: readonly string[];
}

function pipeline(index: number, { models, functions, pipelines }: Made): object {
  const { connectionId, functionId } = oneOf(functions, index);
  const triggers = [
    { type: 'trigger.manual', parameters: {} },
    { type: 'trigger.webhook', parameters: { path: `hook-${index}`, auth: { 'X-Token': SECRETS.token } } },
    { type: 'trigger.uns.subscribe', parameters: { topics: ['mHv1.0/site 1/+/t1', `mHv1.0/site 2/ÄÖÜ ß/t${index}`] } },
    { type: 'trigger.schedule', parameters: { scheduleType: 'interval', interval: '1h' } },
  ];
  const called = pipelines.length > 0 ? oneOf(pipelines, index) : undefined;
  const either = `{{ $trigger.payload.fast ? '${functionId}' : '${oneOf(functions, index + 7).functionId}' }}`;
  const nodes = [
    { id: 'start', name: 'Start', ...oneOf(triggers, index) },
    { id: 'check', name: 'Check "it"', type: 'model.validate', parameters: { modelId: oneOf(models, index) } },
    {
      id: 'ask',
      name: 'Ask',
      type: 'connector.function',
      parameters: {
        connectionId,
        functionId: index % 6 === 5 ? either : functionId,
        parameters: { order: '{{ $node["Check \\"it\\""].order }}' },
      },
      settings: { timeoutSeconds: 20, notes: 'Asks the MES' },
      position: { x: 200.5, y: -10 },
    },
    {
      id: 'tell',
      name: 'Tell',
      type: 'system.uns.publish',
      parameters: { topic: index % 2 === 0 ? `site 1/${index}/told` : 'site 1/{{ $trigger.payload.line }}/told' },
    },
    ...(called === undefined
      ? []
      : [{ id: 'call', name: 'Call', type: 'flow.pipeline', parameters: { pipelineId: called, wait: false } }]),
  ];
  const edges = nodes.slice(1).map(({ id }, at) => ({ id: `e${at}`, source: nodes[at]!.id, target: id }));
  return {
    name: name('Pipeline', index).slice(0, 100),
    description: null,
    labels: { area: oneOf(STRANGE, index) },
    enabled: index % 4 === 2 && called === undefined,
    priority: oneOf(['high', 'normal', 'low'], index),
    timeoutSeconds: 60 + index,
    retry: { attempts: 3, delayMs: 500, backoff: 'exponential' },
    nodes,
    edges,
  };
}

async function makeDashboards(api: ApiClient): Promise<void> {
  const plant = await make(api, '/uns/dashboards/folders', { name: 'Plant / North' });
  const line = await make(api, '/uns/dashboards/folders', { name: 'Line ~1', parentId: plant });
  await inTurn(DASHBOARDS, (index) =>
    make(api, '/uns/dashboards', {
      name: name('Dashboard', index),
      folderId: oneOf([null, plant, line], index),
      timeRange: { from: 'now-6h', to: 'now' },
      refreshSeconds: index,
      variables: [{ name: 'site', values: ['site 0', 'site 1'], default: 'site 1' }],
      panels: [
        {
          id: 'p1',
          title: 'Of ${site}',
          type: 'line',
          position: { x: 0, y: 0, w: 12, h: 8 },
          queries: [{ topic: 'mHv1.0/${site}/ÄÖÜ ß/t2', aggregate: 'avg', bucket: '1m' }],
          options: { unit: '°C', decimals: 1 },
        },
        {
          id: 'p0',
          title: 'One',
          type: 'stat',
          position: { x: 12, y: 0, w: 6, h: 4 },
          queries: [{ topic: `mHv1.0/site 2/ÄÖÜ ß/t${index}`, field: 'speed' }],
        },
      ],
    }),
  );
}
