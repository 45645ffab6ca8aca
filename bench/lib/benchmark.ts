import type { ParseArgsOptionDescriptor } from 'node:util';

/** An option of a benchmark, with a line of help. */
export type Option = ParseArgsOptionDescriptor & { help: string };

export type Values = Readonly<Record<string, string | boolean | undefined>>;

export interface Benchmark {
  /** One line for the list. */
  summary: string;
  options: Readonly<Record<string, Option>>;
  /** Resolves with a report in Markdown. */
  run(values: Values): Promise<string>;
}

/** A whole number from 1. @throws Error naming the option. */
export function wholeNumber(values: Values, name: string, most = 1e9): number | undefined {
  const value = values[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || !/^[1-9]\d*$/.test(value) || Number(value) > most) {
    throw new Error(`--${name} must be a whole number from 1 to ${most}`);
  }
  return Number(value);
}

export function text(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** Progress goes to standard error, so that standard output holds the report alone. */
export const progress = (line: string): void => void process.stderr.write(`${line}\n`);
