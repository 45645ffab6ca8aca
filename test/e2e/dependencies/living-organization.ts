import { newId } from '#kernel';
import type { Answer, ApiClient } from '#testing';

/** What is drawn by chance for one step. */
export interface Draw {
  step: number;
  picks: readonly number[];
}

type Kind = 'models' | 'connections' | 'functions' | 'pipelines' | 'topics' | 'bindings' | 'dashboards';

const LEVELS = ['a', 'b', 'c'];

/** An organization in which something happens by each step, as people would do it through the API. */
export class LivingOrganization {
  private readonly ids: Record<Kind, string[]> = {
    models: [],
    connections: [],
    functions: [],
    pipelines: [],
    topics: [],
    bindings: [],
    dashboards: [],
  };
  private readonly connectionOf = new Map<string, string>();
  private picks: readonly number[] = [];
  private drawn = 0;

  constructor(private readonly api: ApiClient) {}

  /** Makes a few of everything, for something to happen to. */
  async begin(picks: readonly number[]): Promise<void> {
    const makers = this.steps.flatMap(([name], step) => (name.startsWith('create') ? [step] : []));
    for (const step of [...makers, ...makers]) await this.live({ step, picks });
  }

  /** The name of what was done, with what it answered. */
  async live({ step, picks }: Draw): Promise<string> {
    this.picks = picks;
    this.drawn = 0;
    const [name, work] = this.steps[step % this.steps.length]!;
    const answer = await work();
    if (answer && answer.status >= 500) throw new Error(`${name} was answered ${answer.status}: ${answer.text}`);
    return `${name}: ${answer ? `${answer.status} ${answer.status >= 400 ? answer.text : ''}` : 'nothing to do it to'}`;
  }

  private readonly steps: readonly (readonly [string, () => Promise<Answer | undefined>])[] = [
    ['create model', () => this.create('models', '/engine/models', this.model())],
    ['change model', () => this.on('models', (id) => this.api.put(`/engine/models/${id}`, this.model()))],
    ['delete model', () => this.remove('models', '/engine/models')],
    ['revert model', () => this.on('models', (id) => this.api.post(`/engine/models/${id}/versions/1/revert`))],
    ['create connection', () => this.create('connections', '/connections', this.connection())],
    [
      'rename connection',
      () => this.on('connections', (id) => this.api.patch(`/connections/${id}`, { name: newId() })),
    ],
    [
      'disable connection',
      () => this.on('connections', (id) => this.api.patch(`/connections/${id}${this.how()}`, { enabled: false })),
    ],
    ['clone connection', () => this.clone('connections', '/connections')],
    ['delete connection', () => this.remove('connections', '/connections')],
    ['create function', () => this.createFunction()],
    ['rename function', () => this.onFunction((path) => this.api.patch(path, { name: newId() }))],
    ['delete function', () => this.onFunction((path) => this.api.delete(`${path}${this.how()}`))],
    ['create pipeline', () => this.create('pipelines', '/engine/pipelines', this.pipeline())],
    ['replace pipeline', () => this.on('pipelines', (id) => this.api.put(`/engine/pipelines/${id}`, this.pipeline()))],
    [
      'rename pipeline',
      () => this.on('pipelines', (id) => this.api.patch(`/engine/pipelines/${id}`, { name: newId() })),
    ],
    [
      'add node',
      () => this.on('pipelines', (id) => this.api.post(`/engine/pipelines/${id}/nodes`, this.node(newId()))),
    ],
    ['delete node', () => this.on('pipelines', (id) => this.api.delete(`/engine/pipelines/${id}/nodes/n1`))],
    [
      'rename node',
      () => this.on('pipelines', (id) => this.api.post(`/engine/pipelines/${id}/nodes/n0/rename`, { name: newId() })),
    ],
    ['revert pipeline', () => this.on('pipelines', (id) => this.api.post(`/engine/pipelines/${id}/versions/1/revert`))],
    ['clone pipeline', () => this.clone('pipelines', '/engine/pipelines')],
    ['delete pipeline', () => this.remove('pipelines', '/engine/pipelines')],
    ['create topic', () => this.create('topics', '/uns/topics', { topic: this.topic() })],
    ['publish', () => this.api.post('/uns/data/publish', { topic: this.topic(), value: 1 })],
    ['give schema', () => this.on('topics', (id) => this.api.put(`/uns/topics/${id}/schema`, this.schema()))],
    ['take schema', () => this.on('topics', (id) => this.api.delete(`/uns/topics/${id}/schema`))],
    [
      'move topic',
      () => this.on('topics', (id) => this.api.post(`/uns/topics/${id}/move${this.how()}`, { topic: this.topic() })),
    ],
    ['delete topic', () => this.on('topics', (id) => this.api.delete(`/uns/topics/${id}${this.how()}&recursive=true`))],
    ['create binding', () => this.create('bindings', '/uns/schema-bindings', this.binding())],
    ['change binding', () => this.on('bindings', (id) => this.api.patch(`/uns/schema-bindings/${id}`, this.binding()))],
    ['delete binding', () => this.remove('bindings', '/uns/schema-bindings')],
    ['create dashboard', () => this.create('dashboards', '/uns/dashboards', this.dashboard())],
    ['replace dashboard', () => this.on('dashboards', (id) => this.api.put(`/uns/dashboards/${id}`, this.dashboard()))],
    ['clone dashboard', () => this.clone('dashboards', '/uns/dashboards')],
    ['delete dashboard', () => this.remove('dashboards', '/uns/dashboards')],
  ];

  private draw(): number {
    return this.picks[this.drawn++ % this.picks.length]! + this.drawn;
  }

  private oneOf<T>(all: readonly T[]): T | undefined {
    return all[this.draw() % Math.max(all.length, 1)];
  }

  /** As it is, only told, or by force. */
  private how = (): string => this.oneOf(['?force=false', '?dryRun=true', '?force=true', '?force=true'])!;

  private async on(kind: Kind, work: (id: string) => Promise<Answer | undefined>): Promise<Answer | undefined> {
    const id = this.oneOf(this.ids[kind]);
    const answer = id === undefined ? undefined : await work(id);
    // Gone, perhaps with something else.
    if (answer?.status === 404) this.ids[kind] = this.ids[kind].filter((known) => known !== id);
    return answer;
  }

  private async create(kind: Kind, path: string, body: object): Promise<Answer> {
    const answer = await this.api.post(path, body);
    if (answer.status === 201) this.ids[kind].push((answer.body as { data: { id: string } }).data.id);
    return answer;
  }

  private clone(kind: Kind, path: string): Promise<Answer | undefined> {
    return this.on(kind, (id) => this.create(kind, `${path}/${id}/clone`, { name: newId() }));
  }

  private remove(kind: Kind, path: string): Promise<Answer | undefined> {
    return this.on(kind, (id) => this.api.delete(`${path}/${id}${this.how()}`));
  }

  private async createFunction(): Promise<Answer | undefined> {
    return this.on('connections', async (connectionId) => {
      const body = { name: newId(), type: 'rest.get', config: { path: '/' } };
      const answer = await this.create('functions', `/connections/${connectionId}/functions`, body);
      if (answer.status === 201) this.connectionOf.set(this.ids.functions.at(-1)!, connectionId);
      return answer;
    });
  }

  private onFunction(work: (path: string) => Promise<Answer>): Promise<Answer | undefined> {
    return this.on('functions', (id) => work(`/connections/${this.connectionOf.get(id)!}/functions/${id}`));
  }

  private model(): object {
    const modelId = this.draw() % 2 === 0 ? undefined : this.oneOf(this.ids.models);
    const named = modelId === undefined ? [] : [{ name: 'other', type: 'object', modelId }];
    return { name: newId(), fields: [{ name: 'speed', type: 'number' }, ...named] };
  }

  private connection = (): object => ({
    name: newId(),
    protocol: 'rest',
    config: { baseUrl: 'http://127.0.0.1:9' },
    enabled: false,
  });

  private topic = (): string =>
    ['mHv1.0', ...Array.from({ length: 1 + (this.draw() % 3) }, () => this.oneOf(LEVELS)!)].join('/');

  private filter = (): string => this.oneOf(['mHv1.0/+/a', 'mHv1.0/a/#', 'mHv1.0/b/+/c'])!;

  private schema(): object {
    const modelId = this.oneOf(this.ids.models);
    return modelId === undefined ? { mode: 'lenient', min: 1 } : { mode: 'lenient', modelId };
  }

  private binding = (): object => ({ name: newId(), filter: this.filter(), ...this.schema() });

  private pipeline(): object {
    const nodes = Array.from({ length: this.draw() % 4 }, (_, index) => this.node(`n${index}`));
    return { name: newId(), nodes };
  }

  private node(id: string): object {
    const functionId = this.oneOf(this.ids.functions) ?? newId();
    const kinds = [
      {
        type: 'connector.function',
        parameters: { connectionId: this.connectionOf.get(functionId) ?? newId(), functionId },
      },
      { type: 'model.validate', parameters: { modelId: this.oneOf(this.ids.models) ?? newId() } },
      { type: 'flow.pipeline', parameters: { pipelineId: this.oneOf(this.ids.pipelines) ?? newId() } },
      { type: 'system.uns.publish', parameters: { topic: this.topic(), value: 1 } },
      { type: 'system.uns.publish', parameters: { topic: `mHv1.0/{{ $trigger.payload }}/${this.oneOf(LEVELS)!}` } },
      { type: 'trigger.uns.subscribe', parameters: { topics: [this.topic(), this.filter()] } },
      { type: 'trigger.pipeline.event', parameters: { pipelineIds: [this.oneOf(this.ids.pipelines) ?? newId()] } },
    ];
    return { id, name: id, ...this.oneOf(kinds)! };
  }

  private dashboard(): object {
    const position = { x: 0, y: 0, w: 4, h: 4 };
    const topics = [this.topic(), this.filter(), 'mHv1.0/${line}/a'];
    const panels = [{ id: 'p', title: 'P', type: 'line', position, queries: [{ topic: this.oneOf(topics)! }] }];
    return { name: newId(), variables: [{ name: 'line', values: ['a', 'b'] }], panels };
  }
}
