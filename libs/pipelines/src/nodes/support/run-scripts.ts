import type { JsonValue } from '#kernel';
import { ScriptError, type Script } from '#platform/sandbox';
import { NodeError, type NodeCall } from '../../node-types';

/**
 * Results of users' scripts.
 * @throws NodeError that begins with the title where one fails: the same again fails the same way.
 */
export async function runScripts(
  { scripts, moment }: Pick<NodeCall, 'scripts' | 'moment'>,
  title: string,
  sources: readonly Script[],
  values: Readonly<Record<string, JsonValue | undefined>>,
): Promise<(JsonValue | undefined)[]> {
  try {
    return await scripts.evaluateAll(sources, values, moment);
  } catch (error) {
    if (!(error instanceof ScriptError)) throw error;
    const { fault, message, position } = error;
    const place = position ? ` (line ${position.line}, column ${position.column})` : '';
    throw new NodeError(`${title}: ${message}${place}`, { fault, ...(position && { position }) }, false);
  }
}
