import { workerData } from 'piscina';
import type { Evaluation, Outcome, ThreadSettings } from './evaluation';
import { Progress } from './progress';
import { Sandbox } from './sandbox';
import { ScriptError } from './script-error';

// What runs in a thread of `SandboxThreads`: one sandbox for as long as the thread lives.

const sandbox = new Sandbox((workerData as ThreadSettings).limits);

export default async function evaluate(evaluation: Evaluation): Promise<Outcome> {
  const { check, scripts, values, moment, timeMs } = evaluation;
  const options = { timeMs, progress: new Progress(evaluation.progress) };
  try {
    if (!check) return { results: await sandbox.evaluateTexts(scripts, values, moment, options) };
    for (const script of scripts) await sandbox.check(script, options);
    return { results: [] };
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    const { fault, message, position, index } = error;
    return { error: { fault, message, position, index } };
  }
}
