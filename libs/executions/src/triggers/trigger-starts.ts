import { Injectable } from '@nestjs/common';
import { DomainError, type JsonValue } from '#kernel';
import { OrganizationSettings } from '#organizations';
import { PipelineDefinitions, type JsonObject } from '#pipelines';
import type { TriggerKind } from '../execution';
import type { ExecutionStart } from '../intake/execution-start';

/** Which trigger of which pipeline. */
export interface TriggerPlace {
  organizationId: string;
  pipelineId: string;
  nodeId: string;
}

/** A trigger as its pipeline has it now. */
export interface LiveTrigger {
  /** As they stand in the pipeline, without defaults; secrets in clear. */
  parameters: JsonObject;
  start(input: JsonValue, more?: Partial<ExecutionStart>): ExecutionStart;
}

const KIND_OF: Readonly<Record<string, TriggerKind>> = {
  'trigger.webhook': 'webhook',
  'trigger.schedule': 'schedule',
  'trigger.uns.subscribe': 'uns',
  'trigger.connection': 'connection',
  'trigger.pipeline.event': 'event',
};

/** Whether nobody has to ask for its runs. */
export const startsByItself = ({ type }: { type: string }): boolean => Object.hasOwn(KIND_OF, type);

/** Makes the starts of triggers, by what their pipelines say at most 250 ms ago. */
@Injectable()
export class TriggerStarts {
  constructor(
    private readonly definitions: PipelineDefinitions,
    private readonly settings: OrganizationSettings,
  ) {}

  /** Whether the organization's triggers start anything: it is neither suspended nor deleted. */
  async isActive(organizationId: string): Promise<boolean> {
    return (await this.settings.of(organizationId)).active;
  }

  /** Nothing where the pipeline is disabled or deleted, or has that trigger no more. */
  async live({ organizationId, pipelineId, nodeId }: TriggerPlace): Promise<LiveTrigger | undefined> {
    try {
      const { version, enabled } = await this.definitions.currentOf(organizationId, pipelineId);
      if (!enabled) return undefined;
      const definition = await this.definitions.load(organizationId, pipelineId, version);
      const node = definition.nodes.find(({ id, disabled }) => id === nodeId && !disabled);
      const trigger = node && KIND_OF[node.type];
      if (!trigger) return undefined;
      const pipeline = { id: pipelineId, version, ...definition };
      const base = { organizationId, pipeline, trigger, triggerNodeId: nodeId };
      return {
        parameters: node.parameters,
        start: (input, more) => ({ ...base, input, ...more }),
      };
    } catch (error) {
      if (error instanceof DomainError && error.kind === 'not_found') return undefined;
      throw error;
    }
  }
}
