import type { BenchDatabase } from '../lib/database.ts';
import type { Hub } from '../lib/hub.ts';
import { cpuSeconds, forgetPeak, peakResidentBytes } from '../lib/processes.ts';
import type { Server } from '../lib/servers.ts';
import type { Session } from '../lib/session.ts';
import { percentile } from '../lib/statistics.ts';
import { until } from '../lib/until.ts';
import { sendAll } from './load.ts';
import { PIPELINES, WEBHOOK_PATH, type PipelineName } from './pipelines.ts';

/** How often the queue is looked at. */
const SAMPLE_MS = 50;
const MAKE_KNOWN_MS = 50;

/** The engine under measurement, with everything that takes part. */
export interface Engine {
  database: BenchDatabase;
  /** Takes the requests. */
  api: Hub;
  /** All processes of the hub, the one above included. */
  hubs: readonly Hub[];
  redis: Server | undefined;
  session: Session;
}

/** Answers `data`. @throws Error with the answer when it is refused. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- what the API answers is read by its contract
export async function call({ api, session }: Engine, method: string, path: string, body?: object): Promise<any> {
  const response = await fetch(`${api.url}/api/v1${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${session.token}`,
      'X-Organization-ID': session.organizationId,
      ...(body && { 'Content-Type': 'application/json' }),
    },
    body: body ? JSON.stringify(body) : null,
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} answered ${response.status}: ${text}`);
  return JSON.parse(text).data;
}

export type Pipelines = Readonly<Record<PipelineName, string>>;

/** Makes and enables all of them; resolves with their ids once the webhook is known. */
export async function makePipelines(engine: Engine): Promise<Pipelines> {
  const ids: Partial<Record<PipelineName, string>> = {};
  for (const [name, pipeline] of Object.entries(PIPELINES)) {
    const { id } = await call(engine, 'POST', '/engine/pipelines', pipeline);
    await call(engine, 'POST', `/engine/pipelines/${id}/enable`);
    ids[name as PipelineName] = id as string;
  }
  const address = `${engine.api.url}/api/v1/scheduler/webhooks/${WEBHOOK_PATH}`;
  const isKnown = async (): Promise<boolean> =>
    (await fetch(address, { method: 'POST', body: '{"value":40}', headers: { 'Content-Type': 'application/json' } }))
      .ok;
  await until(isKnown, MAKE_KNOWN_MS);
  return ids as Pipelines;
}

/** Of one run of the load. Times in milliseconds, CPU in milliseconds for one execution. */
export interface LoadFigures {
  accepted: number;
  finished: number;
  answer: { p50: number; p99: number };
  /** From sending the request to the end of the execution, as it is stored. */
  end: { p50: number; p95: number; p99: number };
  cpu: { hub: number; postgres: number; redis: number };
  /** Most executions under way or waiting at once, of those looked at every so often. */
  deepest: number;
}

/** Calls the webhook so many times and waits for the end of the last run. @throws Error when one did not complete. */
export async function load(engine: Engine, count: number, clients: number, body: string): Promise<LoadFigures> {
  const before = cpuOf(engine);
  const job = { port: engine.api.httpPort, path: `/api/v1/scheduler/webhooks/${WEBHOOK_PATH}`, body, clients, count };
  let deepest = 0;
  let isSent = false;
  const sending = sendAll(job).finally(() => (isSent = true));
  const watching = until(async () => {
    const wasSent = isSent;
    const open = await openExecutions(engine.database);
    deepest = Math.max(deepest, open);
    return wasSent && open === 0;
  }, SAMPLE_MS);
  const [sent] = await Promise.all([sending, watching]);
  const after = cpuOf(engine);
  const ends = await endsOf(engine.database, sent);
  const first = Math.min(...sent.map(({ at }) => at));
  const seconds = (last: number): number => (last - first) / 1000;
  const answers = sent.map(({ took }) => took).sort((a, b) => a - b);
  const waits = sent.map(({ executionId, at }) => ends.get(executionId)! - at).sort((a, b) => a - b);
  const each = (whose: keyof typeof after): number => (1000 * (after[whose] - before[whose])) / count;
  return {
    accepted: count / seconds(Math.max(...sent.map(({ at, took }) => at + took))),
    finished: count / seconds(Math.max(...ends.values())),
    answer: { p50: percentile(answers, 0.5), p99: percentile(answers, 0.99) },
    end: { p50: percentile(waits, 0.5), p95: percentile(waits, 0.95), p99: percentile(waits, 0.99) },
    cpu: { hub: each('hub'), postgres: each('postgres'), redis: each('redis') },
    deepest,
  };
}

async function openExecutions(database: BenchDatabase): Promise<number> {
  const [row] = await database.query<{ count: number }>('SELECT count(*)::int AS count FROM open_executions');
  return row!.count;
}

/** When each ended, in epoch milliseconds. */
async function endsOf(database: BenchDatabase, sent: readonly { executionId: string; at: number }[]) {
  const since = new Date(Math.min(...sent.map(({ at }) => at)) - 1000);
  const rows = await database.query<{ id: string; status: string; finished_at: Date | null }>(
    'SELECT id, status, finished_at FROM executions WHERE created_at >= $2 AND id = ANY ($1::uuid[])',
    [sent.map(({ executionId }) => executionId), since],
  );
  const faulty = rows.filter(({ status }) => status !== 'completed');
  if (rows.length !== sent.length) throw new Error(`${sent.length - rows.length} accepted executions are not stored`);
  if (faulty.length > 0) throw new Error(`${faulty.length} executions did not complete but are ${faulty[0]!.status}`);
  return new Map(rows.map(({ id, finished_at: at }) => [id, at!.getTime()]));
}

function cpuOf({ database, hubs, redis }: Engine) {
  return {
    hub: hubs.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0),
    postgres: database.processes?.cpuSeconds() ?? Number.NaN,
    redis: redis ? cpuSeconds(redis.pid) : 0,
  };
}

/** Milliseconds of runs that were started one after the other on an engine that does nothing else. */
export interface SingleFigures {
  /** Of the whole request that starts a run and waits for its end. */
  request: { p50: number; p99: number };
  /** From the begin of the work to its end, as it is stored. */
  run: { p50: number; p99: number };
}

export async function singly(engine: Engine, id: string, payload: object, count: number): Promise<SingleFigures> {
  const requests: number[] = [];
  const runs: number[] = [];
  for (let index = 0; index < count; index++) {
    const began = performance.now();
    const { status, durationMs } = await call(engine, 'POST', `/engine/pipelines/${id}/execute?wait=60`, { payload });
    if (status !== 'completed') throw new Error(`a run ended as ${status}`);
    requests.push(performance.now() - began);
    runs.push(durationMs as number);
  }
  return { request: halves(requests), run: halves(runs) };
}

/** p50 and p99 of requests that read, one after the other. */
export async function reads(engine: Engine, path: string, count: number): Promise<{ p50: number; p99: number }> {
  const took: number[] = [];
  for (let index = 0; index < count; index++) {
    const began = performance.now();
    await call(engine, 'GET', path);
    took.push(performance.now() - began);
  }
  return halves(took);
}

function halves(values: number[]): { p50: number; p99: number } {
  values.sort((a, b) => a - b);
  return { p50: percentile(values, 0.5), p99: percentile(values, 0.99) };
}

export const forgetPeaks = ({ hubs }: Engine): void => hubs.forEach(({ pid }) => forgetPeak(pid));

/** Of all processes of the hub together. */
export const peakBytes = ({ hubs }: Engine): number => hubs.reduce((sum, { pid }) => sum + peakResidentBytes(pid), 0);
