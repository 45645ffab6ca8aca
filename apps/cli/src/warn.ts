import { styleText } from 'node:util';
import { printable } from './printable';

/** What is done all the same, for whoever reads it. */
export const warn = (lines: readonly string[]): void => {
  for (const line of lines)
    process.stderr.write(`${styleText('yellow', 'warning', { stream: process.stderr })}: ${printable(line)}\n`);
};
