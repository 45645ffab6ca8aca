import type { RecordInput } from '../record';

export interface AppendOptions {
  /** For records that are handed over again with the same topics and timestamps: by the same key they are stored once. */
  key?: string | undefined;
  /** Of the run that publishes them. */
  chainDepth?: number | undefined;
  /**
   * What becomes of the others when a schema refuses some: `refuse` stores none of them (the default), `setAside` stores
   * those that are valid. The refused ones go to quarantine both times.
   */
  onRefused?: 'refuse' | 'setAside';
}

/** A record that a schema has refused; it is in quarantine. */
export interface RefusedRecord {
  /** Its place in the batch. */
  index: number;
  /** In quarantine, and later, when it is resubmitted, as a record. */
  id: string;
  topic: string;
  reason: string;
  message: string;
}

/** What became of a batch. */
export interface Appended {
  /** Epoch milliseconds. */
  receivedAt: number;
  /** What is stored, with the quality that it has now. */
  stored: readonly RecordInput[];
  refused: readonly RefusedRecord[];
}

/** What one caller handed over: stored as a whole or not at all. */
export interface RecordBatch extends AppendOptions {
  organizationId: string;
  records: readonly RecordInput[];
  /** The records' values as they are stored; null for a number, which has a column of its own. */
  documents: readonly (string | null)[];
  /** Characters of all documents. */
  size: number;
  receivedAt: number;
}
