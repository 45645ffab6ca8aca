/** A trigger of a pipeline, and what it has done. Figures are up to two seconds old. */
export class TriggerStatus {
  nodeId!: string;

  nodeName!: string;

  /** @example "trigger.webhook" */
  type!: string;

  /** It starts runs: the pipeline is enabled and the node is not disabled. */
  active!: boolean;

  /** When it started a run last. */
  lastFiredAt!: Date | null;

  /** Runs that it started. */
  fired!: number;

  /** Runs that it should have started and did not: too many were waiting, the pipeline ran already, a chain was too long. */
  dropped!: number;
}
