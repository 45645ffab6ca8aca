import { Config } from '#platform/config';
import { readPurge, USAGE } from '../../shared/src/purge-options';
import { runPurge } from '../../shared/src/run-purge';

/* Removes old history from the command line, for the day on which nothing starts any more because the disk is full. */

async function main(): Promise<void> {
  const purge = readPurge(process.argv.slice(2), Date.now());
  if (purge) await runPurge(Config.from(process.env), purge);
  else process.stdout.write(USAGE);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
