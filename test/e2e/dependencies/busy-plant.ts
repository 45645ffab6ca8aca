import { newId } from '#kernel';
import type { Answer, ApiClient } from '#testing';

/** The types of entities, by where the API has them. */
const LISTS = {
  connection: '/connections',
  model: '/engine/models',
  pipeline: '/engine/pipelines',
  topic: '/uns/topics',
  'schema-binding': '/uns/schema-bindings',
  dashboard: '/uns/dashboards',
} as const;

type Type = keyof typeof LISTS | 'function';

/** What stands in two places of a plant, and comes and goes as one. */
export const MARKER = 'Marker';

const NODE = { x: 0, y: 0, w: 4, h: 4 };

/** An organization that several people work on at once, each by the names that they know. */
export class BusyPlant {
  private ids = new Map<string, string>();

  /** @param how what people say when they delete or disable something: `?force=true`, or nothing. */
  constructor(
    private readonly api: ApiClient,
    private readonly how = '',
  ) {}

  private readonly delete = (path: string): Promise<Answer> => this.api.delete(path + this.how);

  /** Makes some of everything, or what of it is missing. */
  async make(version: string): Promise<void> {
    for (const step of this.makers) await step(version);
  }

  /** Everything says that version from then on. */
  async say(version: string): Promise<void> {
    for (const name of ['Part', 'Line', MARKER]) {
      await this.on('model', name, (path) => this.api.put(path, this.model(name, version)));
    }
    for (const name of ['MES', 'ERP']) {
      await this.on('connection', name, (path) => this.api.patch(path, { description: version }));
    }
    for (const name of ['First', 'Second', 'Third']) {
      await this.on('pipeline', name, (path) => this.api.patch(path, { description: version }));
    }
    for (const topic of ['mHv1.0/line/speed', 'mHv1.0/line/state']) {
      await this.on('topic', topic, (path) => this.api.patch(path, { description: version }));
    }
    for (const name of ['Overview', MARKER]) {
      await this.on('dashboard', name, (path) => this.api.patch(path, { description: version }));
    }
  }

  /** Looks what there is: people know of what others have made by then. */
  async look(): Promise<void> {
    const ids = new Map<string, string>();
    for (const [type, path] of Object.entries(LISTS)) {
      const { body } = await this.api.get(`${path}?limit=200`);
      for (const { id, name, topic } of body.data as { id: string; name: string; topic?: string }[]) {
        ids.set(`${type}:${topic ?? name}`, id);
      }
    }
    for (const connection of ['MES', 'ERP']) {
      const id = ids.get(`connection:${connection}`);
      const functions = id === undefined ? undefined : await this.api.get(`/connections/${id}/functions`);
      for (const { id: own, name } of (functions?.body.data ?? []) as { id: string; name: string }[]) {
        ids.set(`function:${connection}/${name}`, own);
      }
    }
    this.ids = ids;
  }

  /** What somebody does. */
  readonly deeds: readonly (readonly [string, () => Promise<Answer | undefined>])[] = [
    [
      'describe connection',
      () => this.on('connection', 'MES', (path) => this.api.patch(path, { description: newId() })),
    ],
    ['rename connection', () => this.renamed('connection', 'ERP')],
    ['enable connection', () => this.on('connection', 'MES', (path) => this.api.patch(path, { enabled: true }))],
    [
      'disable connection',
      () => this.on('connection', 'MES', (path) => this.api.patch(path + this.how, { enabled: false })),
    ],
    ['delete connection', () => this.on('connection', 'ERP', this.delete)],
    ['create connection', () => this.connection('ERP', 'theirs')],
    [
      'change function',
      () => this.on('function', 'MES/Read', (path) => this.api.patch(path, { config: { path: `/${newId()}` } })),
    ],
    ['delete function', () => this.on('function', 'ERP/Read', this.delete)],
    ['create function', () => this.function('ERP')],
    ['change model', () => this.on('model', 'Part', (path) => this.api.put(path, this.model('Part', newId())))],
    ['change another model', () => this.on('model', 'Line', (path) => this.api.put(path, this.model('Line', newId())))],
    ['delete model', () => this.on('model', 'Part', this.delete)],
    ['create model', () => this.api.post('/engine/models', this.model('Part', 'theirs'))],
    ['describe pipeline', () => this.on('pipeline', 'First', (path) => this.api.patch(path, { description: newId() }))],
    ['rename pipeline', () => this.renamed('pipeline', 'Second')],
    ['disable pipeline', () => this.on('pipeline', 'Second', (path) => this.api.post(`${path}/disable${this.how}`))],
    ['enable pipeline', () => this.on('pipeline', 'Second', (path) => this.api.post(`${path}/enable`))],
    [
      'disable another pipeline',
      () => this.on('pipeline', 'First', (path) => this.api.post(`${path}/disable${this.how}`)),
    ],
    ['enable another pipeline', () => this.on('pipeline', 'First', (path) => this.api.post(`${path}/enable`))],
    ['delete pipeline', () => this.on('pipeline', 'Third', this.delete)],
    ['create pipeline', () => this.pipeline('Third', 'theirs')],
    [
      'describe topic',
      () => this.on('topic', 'mHv1.0/line/speed', (path) => this.api.patch(path, { description: newId() })),
    ],
    ['give schema', () => this.on('topic', 'mHv1.0/line/speed', (path) => this.schema(path))],
    ['take schema', () => this.on('topic', 'mHv1.0/line/speed', (path) => this.api.delete(`${path}/schema`))],
    ['delete topic', () => this.on('topic', 'mHv1.0/line/state', this.delete)],
    ['publish', () => this.api.post('/uns/data/publish', { topic: 'mHv1.0/line/state', value: { rpm: 1 } })],
    [
      'change binding',
      () => this.on('schema-binding', 'Speeds', (path) => this.api.patch(path, { filter: `mHv1.0/${newId()}/#` })),
    ],
    ['delete binding', () => this.on('schema-binding', 'Speeds', this.delete)],
    [
      'describe dashboard',
      () => this.on('dashboard', 'Overview', (path) => this.api.patch(path, { description: newId() })),
    ],
    ['delete dashboard', () => this.on('dashboard', 'Overview', this.delete)],
    ['create dashboard', () => this.dashboard('Overview', 'theirs')],
  ];

  private readonly makers: readonly ((version: string) => Promise<unknown>)[] = [
    (version) => this.connection('MES', version),
    (version) => this.connection('ERP', version),
    () => this.look(),
    () => this.function('MES'),
    () => this.function('ERP'),
    (version) => this.api.post('/engine/models', this.model('Part', version)),
    (version) => this.api.post('/engine/models', this.model(MARKER, version)),
    () => this.look(),
    (version) => this.api.post('/engine/models', this.model('Line', version)),
    () => this.look(),
    (version) => this.topic('mHv1.0/line/speed', version),
    (version) => this.topic('mHv1.0/line/state', version),
    () => this.look(),
    () => this.on('topic', 'mHv1.0/line/state', (path) => this.schema(path)),
    () => this.binding('Speeds'),
    (version) => this.pipeline('First', version),
    () => this.look(),
    (version) => this.pipeline('Second', version),
    (version) => this.pipeline('Third', version),
    (version) => this.dashboard('Overview', version),
    (version) => this.dashboard(MARKER, version),
    () => this.look(),
  ];

  /** Nothing where there is none of that name. */
  private async on(type: Type, name: string, work: (path: string) => Promise<Answer>): Promise<Answer | undefined> {
    const id = this.ids.get(`${type}:${name}`);
    if (id === undefined) return undefined;
    if (type !== 'function') return work(`${LISTS[type]}/${id}`);
    return work(`/connections/${this.idOf('connection', name.split('/')[0]!)}/functions/${id}`);
  }

  /** There and back: it is known by its name. */
  private renamed(type: 'connection' | 'pipeline', name: string): Promise<Answer | undefined> {
    return this.on(type, name, async (path) => {
      const away = await this.api.patch(path, { name: newId() });
      const back = away.status === 200 ? await this.api.patch(path, { name }) : away;
      return away.status >= 500 ? away : back;
    });
  }

  private idOf = (type: Type, name: string): string => this.ids.get(`${type}:${name}`) ?? newId();

  private connection = (name: string, description: string): Promise<Answer> =>
    this.api.post('/connections', {
      ...{ name, description, protocol: 'rest', enabled: name === 'MES' },
      config: { baseUrl: 'http://127.0.0.1:9' },
    });

  private function = (connection: string): Promise<Answer> =>
    this.api.post(`/connections/${this.idOf('connection', connection)}/functions`, {
      ...{ name: 'Read', type: 'rest.get', config: { path: '/' } },
    });

  private model(name: string, description: string): object {
    const part = { name: 'part', type: 'object', modelId: this.idOf('model', 'Part') };
    const fields = [{ name: 'rpm', type: 'number' }, ...(name === 'Line' ? [part] : [])];
    return { name, description, fields };
  }

  private topic = (topic: string, description: string): Promise<Answer> =>
    this.api.post('/uns/topics', { topic, description });

  private schema = (path: string): Promise<Answer> =>
    this.api.put(`${path}/schema`, { mode: 'lenient', modelId: this.idOf('model', 'Line') });

  private binding = (name: string): Promise<Answer> =>
    this.api.post('/uns/schema-bindings', {
      ...{ name, filter: 'mHv1.0/line/#', mode: 'lenient', modelId: this.idOf('model', 'Part') },
    });

  private pipeline(name: string, description: string): Promise<Answer> {
    const connection = name === 'Third' ? 'ERP' : 'MES';
    const parameters = {
      connectionId: this.idOf('connection', connection),
      functionId: this.idOf('function', `${connection}/Read`),
    };
    const first = this.ids.get('pipeline:First');
    const nodes = [
      { id: 'start', name: 'Start', type: 'trigger.uns.subscribe', parameters: { topics: ['mHv1.0/line/state'] } },
      { id: 'ask', name: 'Ask', type: 'connector.function', parameters },
      { id: 'check', name: 'Check', type: 'model.validate', parameters: { modelId: this.idOf('model', 'Line') } },
      ...(name === 'First' || first === undefined
        ? []
        : [{ id: 'call', name: 'Call', type: 'flow.pipeline', parameters: { pipelineId: first, wait: false } }]),
    ];
    const edges = nodes.slice(1).map(({ id }, at) => ({ id: `e${at}`, source: nodes[at]!.id, target: id }));
    return this.api.post('/engine/pipelines', { name, description, enabled: true, nodes, edges });
  }

  private dashboard(name: string, description: string): Promise<Answer> {
    const queries = [{ topic: 'mHv1.0/line/state' }, { topic: 'mHv1.0/+/speed' }];
    const panels = [{ id: 'p', title: 'P', type: 'line', position: NODE, queries }];
    return this.api.post('/uns/dashboards', { name, description, panels });
  }
}
