import { createHash } from 'node:crypto';
import type { PipelineDefinition } from '#pipelines';
import type { JsonValue } from '#kernel';
import type { TriggerKind } from '../execution';

/** One execution that is to be: everything is decided, nothing stored yet. */
export interface ExecutionStart {
  organizationId: string;
  pipeline: { id: string; version: number } & Pick<
    PipelineDefinition,
    'name' | 'priority' | 'overlap' | 'maxConcurrent' | 'historyDetail'
  >;
  trigger: TriggerKind;
  /** Where the run begins; null for the first trigger of the pipeline. */
  triggerNodeId: string | null;
  /** What `$trigger` is. */
  input: JsonValue;
  /** One execution for each key. */
  key?: StartKey;
  chainDepth?: number;
  startedBy?: string;
  /** Somebody waits for its end: it is told as soon as it is there. */
  awaited?: boolean;
  /** The execution whose node called this pipeline. */
  parentId?: string;
  retry?: RetryOf;
}

export interface StartKey {
  text: string;
  /** What has to be the same where the key is: a request's method, address and body. */
  fingerprint?: Buffer;
  hours: number;
}

export interface RetryOf {
  executionId: string;
  /** Clock and seed of the first one, so that what is computed again gives the same. */
  momentId: string;
  momentAt: Date | null;
  /** Nodes whose results are taken over, as far as they did not fail; none where nothing is said. */
  keepResultsOf?: readonly string[];
}

/** What became of a start. */
export type Started =
  /** A new execution. */
  | { kind: 'started'; executionId: string }
  /** The key is that of an earlier start. */
  | { kind: 'known'; executionId: string }
  /** The key was used for something else. */
  | { kind: 'mismatch' }
  /** The pipeline runs already, and its overlap rule is `skip`. */
  | { kind: 'skipped' };

/** A key of any length, bound to what it is for. */
export const startKey = (purpose: string, key: string): string =>
  `${purpose}:${key.length <= 200 ? key : createHash('sha256').update(key).digest('base64url')}`;
