import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Ends a process that we started, and waits until it is gone. */
export async function stopProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}
