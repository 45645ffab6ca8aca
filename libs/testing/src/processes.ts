import { spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/** Ends a process that we started, and waits until it is gone. */
export async function stopProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  child.ref();
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}

/** Processes and all they started, killed at once as a power cut would. Their ids. */
export function killAll(...pids: number[]): number[] {
  const children = (pid: number): number[] =>
    spawnSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' })
      .stdout.split('\n')
      .filter(Boolean)
      .map(Number);
  const all = pids.flatMap((pid) => [pid, ...children(pid)]);
  for (const pid of all) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // Ended with its parent.
    }
  }
  return all;
}
