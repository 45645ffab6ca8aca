import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { TestApp } from '#testing';

const CLI = join(__dirname, '../../../dist/apps/cli/src/main.js');

export interface CliResult {
  code: number | null;
  /** Of both streams. */
  output: string;
}

/** What commands need that work on the database. */
export const databaseOf = ({ config }: TestApp): NodeJS.ProcessEnv => ({
  DATABASE_URL: config.database.url,
  HUB_SECRET_KEY: config.secretKey,
});

/** Runs a command to its end, with nothing in its environment but what it is given. */
export async function runCli(args: readonly string[], env: NodeJS.ProcessEnv, cwd?: string): Promise<CliResult> {
  const child = spawn(process.execPath, [CLI, ...args], {
    env: { PATH: process.env['PATH'], ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  }
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, output };
}
