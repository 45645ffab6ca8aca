import { createInterface } from 'node:readline/promises';
import { CliError } from './cli-error';

/** @throws CliError where the answer is no, or there is nobody to give one. */
export async function confirm(question: string): Promise<void> {
  if (!process.stdin.isTTY) throw new CliError('nobody is there to confirm: with --yes it is done without asking');
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    const answer = await terminal.question(`${question} (yes/no) `);
    if (!/^y(?:es)?$/i.test(answer.trim())) throw new CliError('nothing is done');
  } finally {
    terminal.close();
  }
}
