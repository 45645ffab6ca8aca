import type { RecordRow } from '../storage/record-row';
import type { Verdict } from '../topics/topic-policy';
import type { KnownTopic } from '../topics/topic-registry';
import type { RecordBatch } from './record-batch';

/** A record of a batch on its way through a transaction. */
export interface Row extends RecordRow {
  batch: RecordBatch;
  /** Its place in the batch. */
  index: number;
  topic: string;
  /** Somebody listens live. */
  watched: boolean;
  known: KnownTopic;
}

/** A record that a schema refuses. */
export interface RefusedRow extends Row {
  verdict: Verdict;
}
