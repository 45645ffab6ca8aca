import { workerData } from 'piscina';
import type { Evaluation, Outcome, ThreadSettings } from './evaluation';
import { Sandbox } from './sandbox';
import { ScriptError } from './script-error';

// What runs in a thread of `SandboxThreads`: one sandbox for as long as the thread lives.

const sandbox = new Sandbox((workerData as ThreadSettings).limits);

export default async function evaluate({ started, check, scripts, values, moment }: Evaluation): Promise<Outcome> {
  new Float64Array(started)[0] = Date.now();
  try {
    if (!check) return { results: await sandbox.evaluateAll(scripts, values, moment) };
    for (const script of scripts) await sandbox.check(script);
    return { results: [] };
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    const { fault, message, position, index } = error;
    return { error: { fault, message, position, index } };
  }
}
