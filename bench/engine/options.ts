import type { Work } from './standalone-part.ts';

export const RUNS = 3;
export const EXECUTIONS = 5_000;
export const CLIENTS = 64;

export interface Options {
  runs: number;
  executions: number;
  clients: number;
  work: readonly Work[];
  workers: readonly number[];
  stored: readonly number[];
  /** Where CPU profiles go, if there are to be any. */
  profileFolder: string | undefined;
  dataDir: string | undefined;
}
