import { parseArgs } from 'node:util';
import type { HistoryPurge } from '#executions';
import { isId } from '#kernel';

export const USAGE = `Usage: node dist/apps/worker/src/purge.js --older-than 30d [--organization <id>] [--pipeline <id>] [--dry-run]
       npm start -- purge …    the same with the embedded database, which it starts

Removes executions that were started so long ago (days d, hours h), with everything that is kept of them; not those
under way. The first needs DATABASE_URL and HUB_SECRET_KEY, and nothing that runs but the database.
`;

const UNITS: Readonly<Record<string, number>> = { d: 86_400_000, h: 3_600_000 };

/** The purge that the arguments ask for; nothing where they ask for help. @throws Error that says what is wrong. */
export function readPurge(args: readonly string[], now: number): HistoryPurge | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      'older-than': { type: 'string' },
      organization: { type: 'string' },
      pipeline: { type: 'string' },
      'dry-run': { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) return undefined;
  return {
    olderThan: new Date(now - milliseconds(values['older-than'])),
    organizationId: idOf('--organization', values.organization),
    pipelineId: idOf('--pipeline', values.pipeline),
    dryRun: values['dry-run'],
  };
}

function milliseconds(age: string | undefined): number {
  const [, number, unit] = /^(\d{1,5})([dh])$/.exec(age ?? '') ?? [];
  if (number === undefined) throw new Error('--older-than is required, as days or hours: 30d, 12h');
  return Number(number) * UNITS[unit!]!;
}

function idOf(option: string, id: string | undefined): string | undefined {
  if (id !== undefined && !isId(id)) throw new Error(`${option} must be an id`);
  return id;
}
