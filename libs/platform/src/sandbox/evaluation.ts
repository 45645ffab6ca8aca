import type { Moment, SandboxLimits, Script, ValueTexts } from './engine';
import type { ScriptError } from './script-error';

/* What crosses between a thread and those who ask it. */

export interface ThreadSettings {
  limits: SandboxLimits;
}

export interface Evaluation {
  /** That of a `Progress`. */
  progress: SharedArrayBuffer;
  timeMs: number;
  /** Only whether they can be compiled. */
  check: boolean;
  scripts: readonly Script[];
  values: ValueTexts;
  moment: Moment;
}

export type Outcome =
  | { results: (string | undefined)[]; error?: never }
  | { error: Pick<ScriptError, 'fault' | 'message' | 'position' | 'index'>; results?: never };
