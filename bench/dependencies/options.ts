export interface Options {
  entities: number;
  references: number;
  reads: number;
  /** Topics of the file that is imported. */
  topics: number;
  dataDir: string | undefined;
}
