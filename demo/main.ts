import { resolve } from 'node:path';
import { Demo } from './demo.ts';
import { readOptions, USAGE } from './options.ts';
import { StartError } from './start-error.ts';

/** Runs the demo until its end and gives the exit code. */
async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options.help) {
    process.stdout.write(USAGE);
    return 0;
  }
  const demo = new Demo({ ...options, dataDir: resolve(options.dataDir) });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => demo.end());
  process.on('disconnect', () => demo.end());
  // Also then nothing is left behind.
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => demo.end(explain(error)));
  }
  return demo.run();
}

function explain(error: unknown): number {
  const text = error instanceof StartError || !(error instanceof Error) ? error : error.stack;
  process.stderr.write(`demo: ${String(text).replace(/^Error: /, '')}\n`);
  return 1;
}

void main(process.argv.slice(2))
  .catch(explain)
  .then((code) => process.exit(code));
