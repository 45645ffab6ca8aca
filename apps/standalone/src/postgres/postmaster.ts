import { spawnSync } from 'node:child_process';
import { chownSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { StartError } from '../start-error';

/* A server that outlived its Node process (`kill -9`): found by the postmaster.pid that it keeps in its directory. */

const POLL_MS = 20;
const FAST_STOP_MS = 30_000;
const IMMEDIATE_STOP_MS = 10_000;

/**
 * Stops a server that still runs on the cluster, first cleanly, then at once (which its next start recovers from).
 * @returns whether there was one. @throws StartError when it cannot be stopped.
 */
export async function stopLeftover(cluster: string): Promise<boolean> {
  const pid = leftover(cluster);
  if (pid === undefined) return false;
  for (const [signal, deadlineMs] of [
    ['SIGINT', FAST_STOP_MS],
    ['SIGQUIT', IMMEDIATE_STOP_MS],
  ] as const) {
    process.kill(pid, signal);
    const deadline = performance.now() + deadlineMs;
    while (performance.now() < deadline) {
      if (!serves(pid, cluster)) return true;
      await wait(POLL_MS);
    }
  }
  throw new StartError(`A PostgreSQL left behind (process ${pid}) does not stop: end it, then start again`);
}

/** The process id of a server that runs on the cluster. A number that has gone to another program is made harmless. */
function leftover(cluster: string): number | undefined {
  const file = join(cluster, 'postmaster.pid');
  const text = readOptional(file);
  const pid = Number.parseInt(text ?? '', 10);
  if (!(pid > 0)) return undefined;
  if (serves(pid, cluster)) return pid;
  if (isAlive(pid)) handOver(file, text!);
  return undefined;
}

/**
 * PostgreSQL refuses to start while the process named in postmaster.pid lives, also when that is another program by
 * now. It passes over its own parent's number, so that is put there; its other checks (shared memory) stay in force.
 */
function handOver(file: string, text: string): void {
  const { uid, gid } = statSync(file);
  rmSync(file);
  writeFileSync(file, text.replace(/^-?\d+/, String(process.pid)), { flag: 'wx', mode: 0o600 });
  chownSync(file, uid, gid);
}

/** Whether the process is a server on that directory. Linux: a server works inside its directory. */
function serves(pid: number, cluster: string): boolean {
  if (!isAlive(pid)) return false;
  if (process.platform !== 'linux') {
    const { stdout } = spawnSync('ps', ['-ww', '-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
    return stdout.includes(` -D ${cluster} `);
  }
  try {
    return readlinkSync(`/proc/${pid}/cwd`) === cluster;
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function readOptional(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
