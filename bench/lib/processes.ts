import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs';

/* What Linux tells of processes under /proc. On other systems every figure is NaN. */

/** Clock ticks a second in /proc/<pid>/stat; 100 on every architecture Node runs on. */
const TICKS = 100;

interface Stat {
  pid: number;
  name: string;
  parent: number;
  /** Seconds, user and system. */
  cpu: number;
  /** The same of children that have ended. */
  endedChildrenCpu: number;
}

function readStat(pid: number): Stat | undefined {
  const text = readOptional(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  // The name stands in parentheses and may hold any character.
  const [open, close] = [text.indexOf('('), text.lastIndexOf(')')];
  const fields = text.slice(close + 2).split(' ');
  const ticks = (index: number): number => Number(fields[index]) / TICKS;
  return {
    pid,
    name: text.slice(open + 1, close),
    parent: Number(fields[1]),
    cpu: ticks(11) + ticks(12),
    endedChildrenCpu: ticks(13) + ticks(14),
  };
}

function allStats(): Stat[] {
  const entries = process.platform === 'linux' ? readdirSync('/proc') : [];
  return entries.flatMap((entry) => (/^\d+$/.test(entry) ? (readStat(Number(entry)) ?? []) : []));
}

/** CPU seconds the process has used so far. */
export const cpuSeconds = (pid: number): number => readStat(pid)?.cpu ?? Number.NaN;

export const residentBytes = (pid: number): number => kibibytes(`/proc/${pid}/status`, 'VmRSS');

/** Most memory the process had resident since it began, or since `forgetPeak`. */
export const peakResidentBytes = (pid: number): number => kibibytes(`/proc/${pid}/status`, 'VmHWM');

export function forgetPeak(pid: number): void {
  if (process.platform === 'linux') writeFileSync(`/proc/${pid}/clear_refs`, '5');
}

/** A PostgreSQL server that is a child of a process, with all its backends. */
export class PostgresProcesses {
  private readonly server: number;

  private constructor(server: number) {
    this.server = server;
  }

  static under(parent: number): PostgresProcesses | undefined {
    const server = allStats().find((stat) => stat.parent === parent && stat.name === 'postgres');
    return server && new PostgresProcesses(server.pid);
  }

  /** Of the server and its backends, those included that have ended. */
  cpuSeconds(): number {
    const stats = this.all();
    const ended = stats.find(({ pid }) => pid === this.server)?.endedChildrenCpu ?? Number.NaN;
    return stats.reduce((sum, { cpu }) => sum + cpu, ended);
  }

  /** What they hold together, with shared pages counted once (PSS). */
  memoryBytes(): number {
    return this.all().reduce((sum, { pid }) => sum + kibibytes(`/proc/${pid}/smaps_rollup`, 'Pss'), 0);
  }

  /** The path of the server program. */
  program(): string {
    return readlinkSync(`/proc/${this.server}/exe`);
  }

  private all(): Stat[] {
    return allStats().filter(({ pid, parent }) => pid === this.server || parent === this.server);
  }
}

/** A line such as `VmRSS:  1234 kB`, in bytes. */
function kibibytes(file: string, name: string): number {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readOptional(file) ?? '');
  return match ? Number(match[1]) * 1024 : Number.NaN;
}

function readOptional(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
