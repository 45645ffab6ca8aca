import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { ROOT } from './hub.ts';
import type { PostgresProcesses } from './processes.ts';

/** Before we do anything: on a machine that is busy otherwise, figures are worth little. */
const LOAD_BEFORE = loadavg()[0]!;

/** What a figure was measured on, as lines of Markdown: without it a figure says nothing. */
export function conditions(postgres: PostgresProcesses | undefined, more: readonly string[]): string {
  const memory = `${Math.round(totalmem() / 1024 ** 3)} GiB`;
  return [
    `machine: ${cpus()[0]?.model.trim() ?? process.arch}, ${availableParallelism()} cores, ${memory}; load generator on the same machine; load average before: ${LOAD_BEFORE.toFixed(1)}`,
    `versions: product ${product()}, Node ${process.versions.node}, ${postgresVersion(postgres)}`,
    ...more,
  ]
    .map((line) => `- ${line}`)
    .join('\n');
}

function product(): string {
  try {
    const commit = git('rev-parse', '--short', 'HEAD');
    return git('status', '--porcelain', '--', 'apps', 'libs') === '' ? commit : `${commit} with changes`;
  } catch {
    return 'without a commit';
  }
}

const git = (...args: string[]): string =>
  execFileSync('git', args, { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();

function postgresVersion(postgres: PostgresProcesses | undefined): string {
  if (!postgres) return 'PostgreSQL of DATABASE_URL';
  // postgres (PostgreSQL) 18.4
  return execFileSync(postgres.program(), ['--version'], { encoding: 'utf8' })
    .trim()
    .replace(/^.*\((.*)\)/, '$1');
}
