import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { TestApp } from '#testing';

const CLI = join(__dirname, '../../../dist/apps/cli/src/main.js');

export interface CliResult {
  code: number | null;
  /** What it told, and then its complaints: nobody orders what comes on two streams. */
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
  const closed = once(child, 'close') as Promise<[number | null]>;
  const [told, complaints, [code]] = await Promise.all([text(child.stdout), text(child.stderr), closed]);
  return { code, output: told + complaints };
}
