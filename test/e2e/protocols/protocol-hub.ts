import { ALL_SCOPES, newId } from '#kernel';
import { createTestApp, eventually, type Answer, type ApiClient, type TestApp, type TestAppOptions } from '#testing';
import { create, pipelineOf } from '../executions/pipelines';
import { executionsOf } from '../triggers/executions-of';

/** What a function's execution is answered. */
export interface Execution {
  success: boolean;
  data: Answer['body'];
  error?: { message: string; retryable: boolean };
}

/** What `$trigger` of a started run is. */
export type Heard = { payload: unknown } & Record<string, unknown>;

export interface RuntimeStatus {
  status: string;
  reason: string | null;
  subscriptions: { functionId: string; active: boolean; reason: string | null }[];
}

/** Milliseconds: with each attempt that fails, the next one is made later. */
const PATIENT = { timeout: 50_000 };
/** After five calls in a row that failed, calls fail for seconds without being made. */
const NOW_AND_THEN = { ...PATIENT, interval: 500 };

/** The application with API and worker, for tests of protocols: everything by REST, as a user would. */
export class ProtocolHub {
  private constructor(
    readonly app: TestApp,
    readonly api: ApiClient,
  ) {}

  static async start(options: TestAppOptions = {}): Promise<ProtocolHub> {
    const app = await createTestApp({ roles: ['api', 'worker'], ...options });
    return new ProtocolHub(app, app.api(await app.newToken(ALL_SCOPES)));
  }

  /** For a second process of the same instance. */
  get databaseUrl(): string {
    return this.app.config.database.url;
  }

  stop(): Promise<void> {
    return this.app.stop();
  }

  /** Makes a connection and gives its id. */
  async add(protocol: string, config: object): Promise<string> {
    const answer = await this.api.post('/connections', { name: newId(), protocol, config });
    if (answer.status !== 201) throw new Error(`the connection was answered ${answer.status}: ${answer.text}`);
    return answer.body.data.id as string;
  }

  /** Makes a connection and waits until it is connected. */
  async connect(protocol: string, config: object): Promise<string> {
    const id = await this.add(protocol, config);
    await this.until(id, 'connected');
    return id;
  }

  async status(id: string): Promise<RuntimeStatus> {
    return (await this.api.get(`/connections/${id}/status`)).body.data;
  }

  async until(id: string, wanted: string): Promise<void> {
    await eventually(async () => {
      const { status, reason } = await this.status(id);
      if (status !== wanted) throw new Error(`it is ${status} (${reason})`);
      return true;
    }, PATIENT);
  }

  async test(id: string): Promise<{ success: boolean; message: string | null }> {
    return (await this.api.post(`/connections/${id}/test`)).body.data;
  }

  /** Makes a function of the connection and gives its id. */
  async addFunction(id: string, type: string, config: object, parameters: readonly object[] = []): Promise<string> {
    const made = await this.api.post(`/connections/${id}/functions`, { name: newId(), type, config, parameters });
    if (made.status !== 201) throw new Error(`the function was answered ${made.status}: ${made.text}`);
    return made.body.data.id as string;
  }

  /** Makes a function with a parameter for each of the values, and executes it. */
  async call(id: string, type: string, config: object, values: Record<string, unknown> = {}): Promise<Execution> {
    const parameters = Object.entries(values).map(([name, value]) => ({ name, type: typeOf(value), required: true }));
    return this.execute(id, await this.addFunction(id, type, config, parameters), values);
  }

  /** Waits until such a call succeeds: what was cut a moment ago may still be shown as connected. */
  async untilWorks(id: string, type: string, config: object): Promise<void> {
    const functionId = await this.addFunction(id, type, config);
    await eventually(async () => {
      const { success, error } = await this.execute(id, functionId);
      if (!success) throw new Error(error?.message);
      return true;
    }, NOW_AND_THEN);
  }

  async execute(id: string, functionId: string, values: object = {}): Promise<Execution> {
    const answer = await this.api.post(`/connections/${id}/functions/${functionId}/execute`, { parameters: values });
    if (answer.status !== 200) throw new Error(`the execution was answered ${answer.status}: ${answer.text}`);
    return answer.body.data as Execution;
  }

  /** Makes a subscribing function and a pipeline that it starts, and waits until messages flow. */
  async listen(connectionId: string, type: string, config: object, parameters: object = {}): Promise<Listener> {
    const listener = await this.listenSoon(connectionId, type, config, parameters);
    await listener.untilListening();
    return listener;
  }

  /** Like `listen`, without waiting. */
  async listenSoon(connectionId: string, type: string, config: object, parameters: object = {}): Promise<Listener> {
    const functionId = await this.addFunction(connectionId, type, config);
    const trigger = { connectionId, functionId, ...parameters };
    const pipelineId = await create(
      this.api,
      pipelineOf([
        { name: 'Message', type: 'trigger.connection', parameters: trigger },
        { name: 'Done', type: 'code.javascript', parameters: { code: '1' } },
      ]),
    );
    return new Listener(this.app, this.api, connectionId, functionId, pipelineId);
  }
}

/** A pipeline that messages start. */
export class Listener {
  constructor(
    private readonly app: TestApp,
    private readonly api: ApiClient,
    readonly connectionId: string,
    readonly functionId: string,
    readonly pipelineId: string,
  ) {}

  /** The subscription is made, for the first time or again. */
  async untilListening(): Promise<void> {
    await eventually(async () => {
      const status = (await this.api.get(`/connections/${this.connectionId}/status`)).body.data as RuntimeStatus;
      const found = status.subscriptions.find(({ functionId }) => functionId === this.functionId);
      if (found?.active !== true) throw new Error(`it is ${JSON.stringify(status)}`);
      return true;
    }, PATIENT);
  }

  /** What `$trigger` was in the runs so far, the oldest first. */
  async heard(): Promise<Heard[]> {
    return (await executionsOf(this.app, this.pipelineId)).map(({ input }) => input as Heard);
  }

  /** Waits for that many; fails with what came. */
  async hears(count: number): Promise<Heard[]> {
    return eventually(async () => {
      const heard = await this.heard();
      if (heard.length < count) throw new Error(`heard ${JSON.stringify(heard)}`);
      return heard;
    }, PATIENT);
  }

  /** Waits until every one of these payloads was heard; others, and the same twice, are let be. */
  async hearsAll(payloads: readonly unknown[]): Promise<void> {
    await eventually(async () => {
      const heard = new Set((await this.heard()).map(({ payload }) => JSON.stringify(payload)));
      const missing = payloads.filter((payload) => !heard.has(JSON.stringify(payload)));
      if (missing.length > 0) throw new Error(`missing ${JSON.stringify(missing)} of ${JSON.stringify([...heard])}`);
      return true;
    }, PATIENT);
  }

  /** Disables the pipeline, and waits until the subscription is gone: nothing comes to it from then on. */
  async stop(): Promise<void> {
    await this.api.post(`/engine/pipelines/${this.pipelineId}/disable`);
    await eventually(async () => {
      const { subscriptions } = (await this.api.get(`/connections/${this.connectionId}/status`)).body
        .data as RuntimeStatus;
      return !subscriptions.some(({ functionId }) => functionId === this.functionId);
    }, PATIENT);
  }
}

const typeOf = (value: unknown): string => (Array.isArray(value) ? 'array' : typeof value);
