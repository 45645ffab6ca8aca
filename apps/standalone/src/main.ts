import 'reflect-metadata';
import { Ending } from './ending';
import { runStandalone, type Started } from './standalone';

// Whatever is written to the data directory is for this user alone.
process.umask(0o077);

const started: Started[] = [];
const ending = new Ending(
  (line) => process.stderr.write(`${line}\n`),
  () => {
    for (const part of started) part.stopUnattended?.();
    process.exit(130);
  },
);
ending.watch(process);

void runStandalone(process.env, ending, started).then((code) => process.exit(code));
