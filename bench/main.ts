import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { auth } from './auth/auth.ts';
import { connectors } from './connectors/connectors.ts';
import { dependencies } from './dependencies/dependencies.ts';
import { engine } from './engine/engine.ts';
import { ingest } from './ingest/ingest.ts';
import { progress, type Benchmark, type Option } from './lib/benchmark.ts';
import { Hub, ROOT } from './lib/hub.ts';
import { start } from './start/start.ts';
import { uns } from './uns/uns.ts';

const BENCHMARKS: Readonly<Record<string, Benchmark>> = { auth, connectors, dependencies, engine, ingest, start, uns };

const COMMON: Readonly<Record<string, Option>> = {
  'no-build': { type: 'boolean', help: 'measure what is in dist as it is' },
  help: { type: 'boolean', short: 'h', help: 'this text' },
};

/** Where reports and profiles are kept. */
const RESULTS = join(ROOT, 'test-results', 'bench');

async function main([name, ...args]: string[]): Promise<void> {
  if (name === undefined || name.startsWith('-')) {
    process.stdout.write(overview());
    return;
  }
  const benchmark = BENCHMARKS[name];
  if (!benchmark) throw new Error(`there is no benchmark ${name}; npm run bench lists them`);
  const { values } = parseArgs({ args, options: { ...COMMON, ...benchmark.options } });
  if (values['help'] === true) {
    process.stdout.write(help(name, benchmark));
    return;
  }
  if (values['no-build'] !== true) build();
  mkdirSync(RESULTS, { recursive: true });
  const report = await benchmark.run({ ...values, results: RESULTS });
  writeFileSync(join(RESULTS, `${name}.md`), report);
  process.stdout.write(report);
}

function build(): void {
  progress('building');
  const nest = join(ROOT, 'node_modules', '@nestjs', 'cli', 'bin', 'nest.js');
  execFileSync(process.execPath, [nest, 'build'], { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
}

function overview(): string {
  const width = Math.max(...Object.keys(BENCHMARKS).map((name) => name.length)) + 2;
  const lines = Object.entries(BENCHMARKS).map(([name, { summary }]) => `  ${name.padEnd(width)}${summary}`);
  return `Benchmarks, each run by npm run bench -- <name> [options]:\n\n${lines.join('\n')}\n\nnpm run bench -- <name> --help lists its options.\n`;
}

function help(name: string, { summary, options }: Benchmark): string {
  const lines = Object.entries({ ...options, ...COMMON }).map(
    ([option, { type, help }]) => `  ${`--${option}${type === 'string' ? ' <value>' : ''}`.padEnd(22)}${help}`,
  );
  return `npm run bench -- ${name} [options]\n${summary}\n\n${lines.join('\n')}\n`;
}

const fail = (error: unknown): void => {
  process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
};

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void Hub.stopAll().finally(() => process.exit(130)));
}
main(process.argv.slice(2)).catch(fail);
