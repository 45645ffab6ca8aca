import { setInterval } from 'node:timers/promises';
import type { Hub } from '../lib/hub.ts';
import { cpuSeconds, forgetPeak, peakResidentBytes, residentBytes } from '../lib/processes.ts';
import { percentile } from '../lib/statistics.ts';

/** Calls a second while a stretch is measured. */
const CALLS = 50;

export interface Measured {
  seconds: number;
  /** Share of one processor. */
  cpu: number;
  /** Bytes. */
  resident: number;
  peak: number;
  /** Milliseconds by which timers of the hub's event loop were late. */
  lagP50: number;
  lagP99: number;
  lagMost: number;
  /** Milliseconds of calls of steady connections. */
  callP50: number;
  callP99: number;
  calls: number;
  failed: number;
}

/** The hub for some seconds, with calls of connections that are steady at an even pace. */
export async function measureStretch(
  hub: Hub,
  calls: readonly (() => Promise<boolean>)[],
  seconds: number,
): Promise<Measured> {
  // What was before is forgotten by the one that asks.
  await eventLoop(hub);
  forgetPeak(hub.pid);
  const [began, cpu] = [performance.now(), cpuSeconds(hub.pid)];
  const pace = setInterval(1_000 / CALLS)[Symbol.asyncIterator]();
  const took: number[] = [];
  const running = new Set<Promise<void>>();
  let failed = 0;
  for (let index = 0; performance.now() - began < seconds * 1_000; index++) {
    const call = calls[index % calls.length]!;
    const sent = performance.now();
    const one = call()
      .catch(() => false)
      .then((success) => {
        took.push(performance.now() - sent);
        if (!success) failed++;
      })
      .finally(() => running.delete(one));
    running.add(one);
    await pace.next();
  }
  await pace.return?.();
  await Promise.all(running);
  const passed = (performance.now() - began) / 1_000;
  const lag = await eventLoop(hub);
  const sorted = took.sort((a, b) => a - b);
  return {
    seconds: passed,
    cpu: (cpuSeconds(hub.pid) - cpu) / passed,
    resident: residentBytes(hub.pid),
    peak: peakResidentBytes(hub.pid),
    lagP50: lag('p50'),
    lagP99: lag('p99'),
    lagMost: lag('max'),
    callP50: percentile(sorted, 0.5),
    callP99: percentile(sorted, 0.99),
    calls: sorted.length,
    failed,
  };
}

/** Milliseconds since it was asked the last time. */
async function eventLoop(hub: Hub): Promise<(figure: 'p50' | 'p99' | 'max') => number> {
  const text = await (await fetch(`${hub.url}/metrics`)).text();
  return (figure) => Number(new RegExp(`^nodejs_eventloop_lag_${figure}_seconds (\\S+)`, 'm').exec(text)?.[1]) * 1_000;
}
