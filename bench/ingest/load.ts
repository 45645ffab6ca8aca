import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { json } from 'node:stream/consumers';
import type { Session } from '../lib/session.ts';
import { percentile } from '../lib/statistics.ts';
import type { Scenario } from './scenarios.ts';

/** What a load generator is told. It is a process of its own, so that its work does not show in the other figures. */
export interface Job extends Session {
  scenario: Scenario;
  port: number;
  /** The first of `scenario.messages` consecutive numbers. */
  firstNumber: number;
}

/** What it tells when everything is sent and, where that is asked for, acknowledged. */
export interface Outcome {
  seconds: number;
  /** Milliseconds from sending to acknowledgement; NaN for what is not acknowledged. */
  p50: number;
  p99: number;
  /** CPU of the generator itself meanwhile. */
  cpuSeconds: number;
}

/** Runs a generator to its end. @throws Error when it fails: a refused message ends the run. */
export async function runLoad(job: Job): Promise<Outcome> {
  const program = new URL(`./${job.scenario.way}-load.ts`, import.meta.url);
  const child = spawn(process.execPath, [program.pathname], { stdio: ['pipe', 'pipe', 'inherit'] });
  child.stdin.on('error', () => undefined).end(JSON.stringify(job));
  const [outcome, [code]] = await Promise.all([
    json(child.stdout).catch(() => undefined),
    once(child, 'exit') as Promise<[number | null]>,
  ]);
  if (code !== 0 || outcome === undefined) throw new Error(`the load generator of ${job.scenario.name} failed`);
  // JSON has no NaN.
  const { p50, p99, ...rest } = outcome as Outcome;
  return { ...rest, p50: p50 ?? Number.NaN, p99: p99 ?? Number.NaN };
}

/** Ends a generator: with one message refused the figures mean nothing. */
export function fail(problem: string): never {
  process.stderr.write(`load generator: ${problem}\n`);
  process.exit(1);
}

/** A connection of a generator. */
export interface Lane {
  /** Sends all its messages and resolves with the milliseconds each took to be acknowledged. */
  run(): Promise<Float64Array>;
  close(): void;
}

/** The main of a generator: reads the job, opens all lanes, lets them run at once and tells the outcome. */
export async function generate(open: (job: Job, lane: number, first: number, count: number) => Promise<Lane>) {
  const job = (await json(process.stdin)) as Job;
  const { clients, messages, batch } = job.scenario;
  const lanes = await Promise.all(
    Array.from({ length: clients }, (_, lane) => {
      const [begin, end] = [lane, lane + 1].map((index) => Math.floor((messages / batch) * (index / clients)) * batch);
      return open(job, lane, job.firstNumber + begin!, end! - begin!);
    }),
  );
  const cpuBefore = process.cpuUsage();
  const began = performance.now();
  const latencies = await Promise.all(lanes.map((lane) => lane.run()));
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(cpuBefore);
  for (const lane of lanes) lane.close();
  const sorted = sortedTogether(latencies);
  const outcome: Outcome = {
    seconds,
    p50: percentile(sorted, 0.5),
    p99: percentile(sorted, 0.99),
    cpuSeconds: (user + system) / 1e6,
  };
  process.stdout.write(JSON.stringify(outcome));
}

function sortedTogether(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all.sort();
}
