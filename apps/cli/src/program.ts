import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, Option } from 'commander';
import type { Environment } from '#platform/config';
import type { ApplyOptions } from './commands/apply';
import type { ExportOptions } from './commands/export';
import type { PurgeOptions } from './commands/purge-options';
import type { UndoOptions } from './commands/undo';
import type { HubOptions } from './hub/hub-access';
import type { HubClient } from './hub/hub-client';

const say = (text: string): void => void process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);

/** Of the package that it was built in. */
function version(): string {
  const file = join(__dirname, '..', '..', '..', '..', 'package.json');
  return (JSON.parse(readFileSync(file, 'utf8')) as { version: string }).version;
}

const gathered = (value: string, before: string[] = []): string[] => [...before, value];

const AFTER_HELP = `
export, plan, apply and undo speak to a running MaestroHub. They need HUB_ORGANIZATION, the id of an organization, and
HUB_TOKEN, a token with the scopes dependencies:export and dependencies:import, or HUB_TOKEN_FILE, a file with it.
migrate, create-admin and purge work on the database: on DATABASE_URL with HUB_SECRET_KEY, or else on the embedded one of
HUB_DATA_DIR while the platform does not run.

maestrohub help <command> tells more. Whatever goes wrong ends with exit code 1.
`;

const EXPORT_HELP = `
A directory gets one YAML file for each entity, and .base.json, which belongs into the repository, too: by it a plan
tells who changed what. Files of entities that are no more are removed, unless --entity exports a part. Secrets are
not written.
`;

const PLAN_HELP = `
Exit code 0: the plan is shown; with --check, there is nothing to do. 2: with --check, there is something to do.
1: it could not be made, or has problems that have to be mended first. An import removes nothing: entities that the
organization has and the source has not are in no plan.
`;

const AFTER_HUB_HELP = `
It needs HUB_TOKEN, a token with the scope dependencies:SCOPE, or HUB_TOKEN_FILE, a file with it.
`;

/** The command line. What a command needs is loaded when it runs: most need no more than HTTP. */
export function program(environment: Environment): Command {
  const hub = new Command('maestrohub')
    .description('Configuration of a MaestroHub as code, and care for its database.')
    .version(version(), '-V, --version', 'display the version')
    .addHelpText('after', AFTER_HELP)
    .showHelpAfterError('(maestrohub --help lists what there is)');
  addHubCommands(hub, environment);
  addDatabaseCommands(hub, environment);
  return hub;
}

function addHubCommands(hub: Command, environment: Environment): void {
  const command = (usage: string, scope: string, description: string, more = ''): Command =>
    hub
      .command(usage)
      .description(description)
      .addOption(new Option('--url <address>', 'where MaestroHub is').env('HUB_URL').default('http://127.0.0.1:8080'))
      .addOption(new Option('--organization <id>', 'the organization').env('HUB_ORGANIZATION'))
      .addHelpText('after', `${more}${AFTER_HUB_HELP.replace('SCOPE', scope)}`);
  const client = async (options: HubOptions): Promise<HubClient> => {
    const [{ readAccess }, { HubClient }] = [await import('./hub/hub-access.js'), await import('./hub/hub-client.js')];
    return new HubClient(readAccess(options, environment));
  };

  command(
    'export <target>',
    'export',
    'write configuration to a directory for Git, or to a file that ends in .json',
    EXPORT_HELP,
  )
    .option(
      '--entity <type:id>',
      'only this one and what it needs; may be given many times, also as a type alone',
      gathered,
    )
    .option('--description <text>', 'is kept in the export')
    .action(async (target: string, options: ExportOptions & HubOptions) =>
      say(await (await import('./commands/export.js')).exportTo(await client(options), target, options)),
    );
  command('plan <source>', 'import', 'show what an import of a directory or file would do; nothing is done', PLAN_HELP)
    .option('--check', 'end with exit code 2 where anything would be done')
    .action(async (source: string, options: { check?: boolean } & HubOptions) => {
      await (await import('./commands/plan.js')).plan(await client(options), source, options, say);
    });
  command('apply <source>', 'import', 'show the plan, ask, and do it: all of it or nothing')
    .option('--yes', 'do it without asking')
    .addOption(new Option('--on-conflict <what>', 'for what was changed on both sides').choices(['keep', 'replace']))
    .option('--resolve <type:name=what>', 'for one of these: keep, replace or rename:<new name>', gathered)
    .option('--secrets <file>', 'a JSON file with the secrets that the plan asks for, by their slots')
    .action(async (source: string, options: ApplyOptions & HubOptions) =>
      say(await (await import('./commands/apply.js')).apply(await client(options), source, options, say)),
    );
  command('undo [import]', 'import', 'take an import back, the last one where none is named; within 30 days')
    .option('--yes', 'do it without asking')
    .option('--force', 'also where what it made or changed was changed since, or is used by others')
    .action(async (id: string | undefined, options: UndoOptions & HubOptions) =>
      say(await (await import('./commands/undo.js')).undo(await client(options), id, options)),
    );
}

function addDatabaseCommands(hub: Command, environment: Environment): void {
  hub
    .command('migrate')
    .description('bring the database up to date')
    .action(async () => say(await (await import('./commands/migrate.js')).migrate(environment)));
  hub
    .command('create-admin <email>')
    .description(
      'make a system administrator, or give one another password: HUB_ADMIN_PASSWORD, or one that is made up',
    )
    .action(async (email: string) => {
      const { createAdmin } = await import('./commands/create-admin.js');
      say(await createAdmin(environment, email, environment['HUB_ADMIN_PASSWORD']));
    });
  hub
    .command('purge')
    .description('remove executions that were started long ago, with all that is kept of them; not those under way')
    .requiredOption('--older-than <age>', 'days or hours: 30d, 12h')
    .option('--organization <id>', 'only those of one organization')
    .option('--pipeline <id>', 'only those of one pipeline')
    .option('--dry-run', 'only say how many')
    .action(async (options: PurgeOptions) => {
      const { readPurge } = await import('./commands/purge-options.js');
      const { purge } = await import('./commands/purge.js');
      say(await purge(environment, readPurge(options, Date.now())));
    });
}
