import { nameOfPath, type Conflict, type EnteringEntity } from '#platform/dependencies';
import type { WebhookHolder } from '../pipeline-triggers';

/** A webhook path that a pipeline is about to have. */
export interface WantedWebhook {
  pipeline: Pick<EnteringEntity, 'id' | 'name'>;
  path: string;
  /** Of its node in the pipeline. */
  index: number;
}

/**
 * Paths that others have, or that several want.
 * @param holders who has them now, by path.
 * @param releasing ids of pipelines that have theirs no more.
 */
export function webhookConflicts(
  wanted: readonly WantedWebhook[],
  holders: ReadonlyMap<string, WebhookHolder>,
  releasing: ReadonlySet<string>,
): Conflict[] {
  const given = new Map<string, WantedWebhook>();
  return wanted.flatMap(({ pipeline, path, index }): Conflict[] => {
    const taken = takenBy(pipeline.id, given.get(path), holders.get(path), releasing);
    if (taken === undefined) {
      given.set(path, { pipeline, path, index });
      return [];
    }
    const message = `Webhook path ${path} is taken${taken}`;
    return [{ id: pipeline.id, field: `nodes[${index}].parameters.path`, message }];
  });
}

/** As the end of a sentence; undefined where it is free. */
function takenBy(
  id: string,
  earlier: WantedWebhook | undefined,
  holder: WebhookHolder | undefined,
  releasing: ReadonlySet<string>,
): string | undefined {
  if (earlier?.pipeline.id === id) return ' by another node of the pipeline';
  if (earlier) return ` by pipeline ${nameOfPath(earlier.pipeline.name)}, which comes with it`;
  if (!holder || releasing.has(holder.id)) return undefined;
  return holder.name === null ? ' in another organization' : ` by pipeline ${holder.name}`;
}
