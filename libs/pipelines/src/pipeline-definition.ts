import type { PipelineEdge, PipelineNode } from './graph';

export const EXECUTION_MODES = ['parallel', 'sequential'] as const;
export const PRIORITIES = ['high', 'normal', 'low'] as const;
export const HISTORY_DETAILS = ['minimal', 'standard', 'full'] as const;
export const OVERLAPS = ['parallel', 'queue', 'skip', 'restart'] as const;
export const ON_ERROR = ['stop', 'continue'] as const;
export const BACKOFFS = ['fixed', 'exponential'] as const;

export interface RetryRule {
  /** Tries in all, the first one included; 1 is no retry. */
  attempts: number;
  /** Before the second try. */
  delayMs: number;
  /** `exponential` doubles it for each further one. */
  backoff: (typeof BACKOFFS)[number];
}

/** What a node decides for itself; what is left out is the pipeline's. */
export interface NodeSettings {
  notes?: string;
  /** Of one try, 1–600. */
  timeoutSeconds?: number;
  retryOnFail?: RetryRule;
  /** Whether running out of time is tried again, too. */
  retryOnTimeout?: boolean;
  onError?: (typeof ON_ERROR)[number];
}

export interface DefinedNode extends PipelineNode {
  settings: NodeSettings;
  position: { x: number; y: number };
}

/** How a pipeline runs. */
export interface PipelineSettings {
  executionMode: (typeof EXECUTION_MODES)[number];
  priority: (typeof PRIORITIES)[number];
  historyDetail: (typeof HISTORY_DETAILS)[number];
  /** What happens to a start while the pipeline runs already. */
  overlap: (typeof OVERLAPS)[number];
  /** Of a whole run, from its beginning, without the time in the queue. */
  timeoutSeconds: number;
  /** For nodes that say nothing else. */
  retry: RetryRule;
  onError: (typeof ON_ERROR)[number];
  /** Runs at the same time; null for the organization's limit alone. */
  maxConcurrent: number | null;
  /** Days that its runs are kept; null for the organization's. */
  retentionDays: number | null;
}

/** A pipeline as its versions keep it, and as runs follow it. */
export interface PipelineDefinition extends PipelineSettings {
  name: string;
  description: string | null;
  labels: Record<string, string>;
  nodes: readonly DefinedNode[];
  edges: readonly PipelineEdge[];
}
