/**
 * - `syntax`: it cannot be compiled · `thrown`: it threw · `timeout`, `memory`: it took more than it may
 * - `output`: what it gave is too large, or is no JSON
 */
export type ScriptFault = 'syntax' | 'thrown' | 'timeout' | 'memory' | 'output';

/** A user's script failed, by its own doing. The same script with the same input fails in the same way. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError';
  /** Which of several scripts it was. */
  index = 0;

  constructor(
    readonly fault: ScriptFault,
    message: string,
    /** Where in the script, counted from 1; nothing where it is not known. */
    readonly position?: { line: number; column: number },
  ) {
    super(message);
  }
}
