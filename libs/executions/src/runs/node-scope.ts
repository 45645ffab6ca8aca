import type { JsonValue } from '#kernel';
import type { Scope } from '#pipelines';
import type { ClaimedRun } from './claimed-run';
import type { Frame } from './frame';
import type { PlannedNode, RunPlan } from './run-plan';

/** What the expressions of a node can name. */
export function scopeOf(
  run: ClaimedRun,
  { definition }: RunPlan,
  { mentions }: PlannedNode,
  frame: Frame,
  inputs: readonly { value: JsonValue }[],
): Scope {
  return {
    $trigger: run.input,
    $node: frame.named(mentions),
    $input: inputs.map(({ value }) => value),
    ...(frame.item !== undefined && { $item: frame.item, $index: frame.index! }),
    $execution: {
      id: run.id,
      pipelineId: run.pipelineId,
      pipelineName: definition.name,
      startedAt: run.momentAt.toISOString(),
      trigger: run.trigger,
      chainDepth: run.chainDepth,
    },
    $pipeline: {
      id: run.pipelineId,
      name: definition.name,
      version: run.pipelineVersion,
      labels: definition.labels,
    },
    $system: { organizationId: run.organizationId },
  };
}
