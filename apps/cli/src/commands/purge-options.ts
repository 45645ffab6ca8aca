import type { HistoryPurge } from '#executions';
import { isId } from '#kernel';
import { CliError } from '../cli-error';

/** As the command line has them. */
export interface PurgeOptions {
  /** `30d`, `12h` */
  olderThan: string;
  organization?: string;
  pipeline?: string;
  dryRun?: boolean;
}

const UNITS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000 };

/** @throws CliError that says what is wrong. */
export const readPurge = (options: PurgeOptions, now: number): HistoryPurge => ({
  olderThan: new Date(now - milliseconds(options.olderThan)),
  organizationId: idOf('--organization', options.organization),
  pipelineId: idOf('--pipeline', options.pipeline),
  dryRun: options.dryRun ?? false,
});

function milliseconds(age: string): number {
  const [, number, unit] = /^(\d{1,5})([dh])$/.exec(age) ?? [];
  if (number === undefined) throw new CliError('--older-than must be days or hours: 30d, 12h');
  return Number(number) * UNITS[unit!]!;
}

function idOf(option: string, id: string | undefined): string | undefined {
  if (id !== undefined && !isId(id)) throw new CliError(`${option} must be an id`);
  return id;
}
