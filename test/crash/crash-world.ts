import { Pool } from 'pg';
import { ALL_SCOPES, newId } from '#kernel';
import {
  ApiClient,
  createTestDatabase,
  eventually,
  startPostgres,
  startServer,
  type PostgresServer,
  type RunningServer,
  type TestDatabase,
} from '#testing';
import { LEASE_SECONDS } from '../../libs/executions/src/runs/run-store';
import type { TestNode } from '../e2e/executions/pipelines';
import { Hold } from './database-holds';
import { HubProcess } from './hub-process';
import { OutsideEffects } from './outside-effects';

const ADMIN = { email: 'admin@example.com', password: 'a long enough password' };

/** For what takes milliseconds on a machine that has nothing else to do; some of it waits for what stands still. */
const PATIENCE = { timeout: 60_000 };
/** Nothing that is held outside gives up by itself. */
const LONGEST_CALL_SECONDS = 300;

/** Makes a node that calls the server outside, whose answer depends on the manner. */
export type Outside = (name: string, manner: 'now' | 'hold' | 'fail', step: string, settings?: object) => TestNode;

/** What can be seen from outside of a run that has ended, and of those that it called. */
export interface Traces {
  /** Of the run, and of those that it called. */
  statuses: string[];
  /** `node completed`, or `node|iteration completed` */
  nodes: string[];
  /** How often each call outside was done, by its node and iteration. */
  effects: Record<string, number>;
}

/** An instance whose parts are processes of their own, each of which can be killed, with a server outside that it calls. */
export class CrashWorld {
  private readonly holds = new Map<string, Hold>();
  /** All that were ever started. */
  private readonly processes: HubProcess[] = [];
  api!: HubProcess;
  workers: HubProcess[] = [];
  client!: ApiClient;
  organizationId!: string;
  private look!: Pool;
  private token!: string;

  private constructor(
    readonly postgres: PostgresServer,
    private readonly database: TestDatabase,
    private readonly broker: RunningServer,
    readonly outside: OutsideEffects,
    private readonly redisUrl: string | undefined,
  ) {}

  static async start({ redisUrl, workers = 1 }: { redisUrl?: string; workers?: number } = {}): Promise<CrashWorld> {
    const [postgres, broker, outside] = await Promise.all([
      startPostgres({ toBeKilled: true }),
      startServer('mosquitto'),
      new OutsideEffects().start(),
    ]);
    const database = await createTestDatabase(postgres.url);
    const world = new CrashWorld(postgres, database, broker, outside, redisUrl);
    world.look = new Pool({ connectionString: world.superuserUrl, max: 4 }).on('error', () => undefined);
    world.api = await world.newProcess('api');
    for (let i = 0; i < workers; i++) world.workers.push(await world.newProcess('worker'));
    await world.signIn();
    return world;
  }

  async stop(): Promise<void> {
    await this.letGo();
    await Promise.all(this.processes.map((each) => each.kill()));
    await this.look.end();
    await Promise.all([this.outside.stop(), this.broker.stop()]);
    await this.postgres.stop();
  }

  async newProcess(role: 'api' | 'worker'): Promise<HubProcess> {
    const started = await HubProcess.start(role, {
      DATABASE_URL: this.database.url,
      MQTT_URL: this.broker.url,
      HUB_ADMIN_EMAIL: ADMIN.email,
      HUB_ADMIN_PASSWORD: ADMIN.password,
      HUB_OUTBOUND_LOOPBACK: 'true',
      HUB_RATE_LIMIT: '0',
      ...(this.redisUrl !== undefined && { REDIS_URL: this.redisUrl }),
    });
    this.processes.push(started);
    return started;
  }

  /** Another API in place of one that is gone. */
  async restartApi(): Promise<void> {
    this.api = await this.newProcess('api');
    this.useToken();
  }

  /** Locks until it is let go or the server ends. */
  async hold(name: string, statement: string): Promise<void> {
    this.holds.set(name, await Hold.take(this.superuserUrl, statement));
  }

  async letGo(...names: string[]): Promise<void> {
    const chosen = names.length > 0 ? names : [...this.holds.keys()];
    await Promise.all(chosen.map((name) => this.holds.get(name)!.release()));
    for (const name of chosen) this.holds.delete(name);
  }

  /** Resolves when that many connections stand still because of the lock. */
  async stalled(name: string, least = 1): Promise<void> {
    const hold = this.holds.get(name)!;
    await eventually(async () => (await hold.waiting(this.look)) >= least, PATIENCE);
  }

  /** Resolves when the server outside holds a request of the step. */
  async asked(step: string): Promise<void> {
    await eventually(() => this.outside.isAsked(step), PATIENCE);
  }

  /** Resolves when the server outside has failed a try of the run. */
  async failed(executionId: string): Promise<void> {
    await eventually(() => this.outside.hasFailed(executionId), PATIENCE);
  }

  async query<R extends object>(text: string, values: unknown[] = []): Promise<R[]> {
    return (await this.look.query<R>(text, values)).rows;
  }

  /** Starts a run and gives its id as soon as it is answered. */
  async execute(pipelineId: string, payload: unknown, key?: string): Promise<string> {
    const fields = key === undefined ? undefined : { 'Idempotency-Key': key };
    const answer = await this.client.post(`/engine/pipelines/${pipelineId}/execute`, { payload }, fields);
    if (answer.status !== 202) throw new Error(`the start was answered ${answer.status}: ${answer.text}`);
    return (answer.body as { data: { executionId: string } }).data.executionId;
  }

  /** What is under way of it: nothing once it has ended. */
  async stateOf(executionId: string): Promise<string | undefined> {
    const [row] = await this.query<{ state: string }>('SELECT state FROM open_executions WHERE id = $1', [executionId]);
    return row?.state;
  }

  /** Resolves when it is in that state, or has ended. */
  async reaches(executionId: string, state: 'queued' | 'dispatched' | 'running' | 'parked' | 'ended'): Promise<void> {
    await eventually(async () => ((await this.stateOf(executionId)) ?? 'ended') === state, PATIENCE);
  }

  /**
   * Resolves when the worker has lost all its runs. Those whose rows it has locked in a transaction it keeps until it goes on
   * or the server undoes that.
   */
  async takenFrom(worker: HubProcess): Promise<void> {
    const sql = `SELECT id FROM open_executions WHERE worker LIKE '%/' || $1 || '/%' FOR UPDATE SKIP LOCKED`;
    await eventually(async () => (await this.query(sql, [worker.pid])).length === 0, {
      ...PATIENCE,
      interval: 200,
    });
  }

  /**
   * As the workers do it, whose renewals wait behind rows that are held: however long it takes to bring all runs to their
   * places, none of them is taken from its worker meanwhile.
   */
  async renewLeases(): Promise<void> {
    await this.query(
      `UPDATE open_executions SET lease_until = now() + make_interval(secs => $1)
       WHERE id IN (SELECT id FROM open_executions WHERE state = 'running' FOR UPDATE SKIP LOCKED)`,
      [LEASE_SECONDS],
    );
  }

  /** Resolves when the result of that place is kept. */
  async kept(executionId: string, nodeId: string, iteration = ''): Promise<void> {
    const sql = `SELECT 1 FROM execution_checkpoints
      WHERE execution_id = $1 AND node_id = $2 AND iteration = $3 AND kind = 'result'`;
    await eventually(async () => (await this.query(sql, [executionId, nodeId, iteration])).length > 0, PATIENCE);
  }

  async traces(executionId: string): Promise<Traces> {
    const rows = await this.query<{ id: string; status: string }>(
      'SELECT id, status FROM executions WHERE id = $1 OR parent_id = $1 ORDER BY id',
      [executionId],
    );
    const nodes = await this.query<{ place: string; status: string }>(
      `SELECT concat_ws('|', node_id, nullif(iteration, '')) AS place, status FROM execution_nodes
       WHERE execution_id = ANY ($1::uuid[]) ORDER BY execution_id, 1`,
      [rows.map(({ id }) => id)],
    );
    return {
      statuses: rows.map(({ status }) => status),
      nodes: nodes.map(({ place, status }) => `${place} ${status}`),
      effects: Object.assign({}, ...rows.map(({ id }) => this.outside.doneFor(id))) as Traces['effects'],
    };
  }

  /** Values of topics from that time on, in the order of their times. */
  async published(topics: readonly string[], from: Date): Promise<unknown[]> {
    const rows = await this.query<{ value: unknown }>(
      `SELECT coalesce(to_json(number), value) AS value FROM uns_records r JOIN uns_topics t ON t.id = r.topic_id
       WHERE t.path = ANY ($1) AND "timestamp" >= $2 ORDER BY "timestamp"`,
      [topics.map((topic) => `mHv1.0/${topic}`), from],
    );
    return rows.map(({ value }) => value);
  }

  /** Makes a connection to the server outside and its one function: `POST /<manner>/<step>`. */
  async connectOutside(): Promise<Outside> {
    const connection = await this.made('/connections', {
      name: newId(),
      protocol: 'rest',
      config: { baseUrl: this.outside.url, timeoutMs: LONGEST_CALL_SECONDS * 1_000 },
    });
    const called = await this.made(`/connections/${connection}/functions`, {
      name: 'Do',
      type: 'rest.post',
      config: { path: '/((manner))/((step))' },
      parameters: [
        { name: 'manner', type: 'string' },
        { name: 'step', type: 'string' },
      ],
    });
    return (name, manner, step, settings = {}) => ({
      name,
      type: 'connector.function',
      parameters: { connectionId: connection, functionId: called, parameters: { manner, step } },
      settings: { timeoutSeconds: LONGEST_CALL_SECONDS, ...settings },
    });
  }

  private async made(path: string, body: object): Promise<string> {
    const answer = await this.client.post(path, body);
    if (answer.status !== 201) throw new Error(`${path} was answered ${answer.status}: ${answer.text}`);
    return (answer.body as { data: { id: string } }).data.id;
  }

  /** The product's database, as a superuser. */
  private get superuserUrl(): string {
    const url = new URL(this.postgres.url);
    url.pathname = new URL(this.database.url).pathname;
    return url.href;
  }

  private async signIn(): Promise<void> {
    const signedIn = await new ApiClient(this.api.url).post('/auth/login', ADMIN);
    const { accessToken, organizations } = (
      signedIn.body as { data: { accessToken: string; organizations: { id: string }[] } }
    ).data;
    this.organizationId = organizations[0]!.id;
    const session = new ApiClient(this.api.url, { Authorization: `Bearer ${accessToken}` });
    const made = await session.post('/oauth2/tokens', { name: 'crash', scopes: ALL_SCOPES });
    this.token = (made.body as { data: { token: string } }).data.token;
    this.useToken();
  }

  private useToken(): void {
    this.client = new ApiClient(this.api.url, {
      Authorization: `Bearer ${this.token}`,
      'X-Organization-ID': this.organizationId,
    });
  }
}
