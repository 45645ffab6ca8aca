import { styleText } from 'node:util';

/** What is being done, for those who sit before a terminal and wait. */
export function note(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`${styleText('dim', `${text} …`)}\n`);
}
