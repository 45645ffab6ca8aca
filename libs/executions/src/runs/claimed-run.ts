import type { JsonValue } from '#kernel';
import type { Emission, NodeResult, PipelineDefinition } from '#pipelines';
import type { RunError, TriggerKind } from '../execution';

/** A run that this process has, for as long as its lease lasts. */
export interface ClaimedRun {
  id: string;
  organizationId: string;
  /** Counts the claims: what is written under an older one is refused. */
  fence: number;
  pipelineId: string;
  pipelineVersion: number;
  trigger: TriggerKind;
  triggerNodeId: string | null;
  chainDepth: number;
  historyDetail: PipelineDefinition['historyDetail'];
  parentId: string | null;
  awaited: boolean;
  /** It was cancelled before it was claimed. */
  cancel: boolean;
  /** Of the first claim. */
  startedAt: Date;
  momentId: string;
  momentAt: Date;
  input: JsonValue;
  checkpoints: ReadonlyMap<string, Checkpoint>;
}

/** What a node did, as it is kept until its run has ended. */
export type Checkpoint =
  | { kind: 'result'; at: number; result: KeptResult }
  /** Between two tries, or before the end of a wait. */
  | { kind: 'pending'; at: number; pending: Pending };

export interface KeptResult {
  emissions: readonly Emission[];
  error?: RunError;
  /** It ended the run. */
  stop?: Extract<NodeResult, { kind: 'stop' }>;
  /** Values in it that are not to be written down. */
  sensitive?: readonly JsonValue[];
  attempts: number;
}

export interface Pending {
  /** Epoch milliseconds; nothing where a called run is waited for. */
  until?: number;
  /** Tries that were made. */
  attempts: number;
  /** What a wait goes on with. */
  value?: JsonValue;
  /** The called run. */
  executionId?: string;
}

/** A node in one iteration: `node` or `node|3.0`. */
export const placeOf = (nodeId: string, iteration: string): string => (iteration ? `${nodeId}|${iteration}` : nodeId);
