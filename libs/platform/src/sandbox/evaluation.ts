import type { JsonValue } from '#kernel';
import type { SandboxLimits } from './engine';
import type { Moment, Script } from './sandbox';
import type { ScriptError } from './script-error';

/* What crosses between a thread and those who ask it. */

export interface ThreadSettings {
  limits: SandboxLimits;
}

export interface Evaluation {
  /** A Float64Array of one, in which the thread says when it began (milliseconds since the epoch). */
  started: SharedArrayBuffer;
  /** Only whether they can be compiled. */
  check: boolean;
  scripts: readonly Script[];
  values: Readonly<Record<string, JsonValue | undefined>>;
  moment: Moment;
}

export type Outcome =
  | { results: (JsonValue | undefined)[]; error?: never }
  | { error: Pick<ScriptError, 'fault' | 'message' | 'position' | 'index'>; results?: never };
