import type { RecordRow } from '../storage/record-row';
import type { TopicPolicy, Verdict } from '../topics/topic-policy';
import type { RecordBatch } from './record-batch';

/** A record of a batch on its way through a transaction. */
export interface Row extends RecordRow {
  batch: RecordBatch;
  /** Its place in the batch. */
  index: number;
  topic: string;
  /** Somebody listens live. */
  watched: boolean;
  policy: TopicPolicy;
}

/** A record that a schema refuses. */
export interface RefusedRow extends Row {
  verdict: Verdict;
}
