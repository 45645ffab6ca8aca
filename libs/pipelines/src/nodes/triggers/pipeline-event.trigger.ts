import { NodeType, type NodeDefinition } from '../../node-types';
import { idOf } from '../support/schema';
import { paragraphs } from '../support/wording';

@NodeType()
export class PipelineEventTrigger implements NodeType {
  readonly definition: NodeDefinition = {
    type: 'trigger.pipeline.event',
    category: 'trigger',
    title: 'Pipeline Event',
    description: 'Starts a run when a run of another pipeline has ended.',
    documentation: paragraphs(
      'Runs that this trigger starts are one link further in a chain than the run they follow. A run beyond ' +
        '`maxChainDepth` links starts no other, so that pipelines that watch each other come to rest.',
      '`$trigger` is `{pipelineId, pipelineName, executionId, status, error, chainDepth}`.',
      'A pipeline cannot watch itself.',
    ),
    inputs: [],
    outputs: ['out'],
    parameters: {
      type: 'object',
      properties: {
        pipelineIds: {
          type: 'array',
          items: idOf('pipeline', 'A pipeline'),
          minItems: 1,
          maxItems: 100,
          uniqueItems: true,
          description: 'The pipelines to watch',
        },
        statuses: {
          type: 'array',
          items: { type: 'string', enum: ['completed', 'failed', 'completed_with_errors', 'cancelled', 'any'] },
          minItems: 1,
          uniqueItems: true,
          default: ['any'],
          description: 'How their runs ended',
        },
        maxChainDepth: { type: 'integer', minimum: 1, maximum: 3, default: 1, description: 'Links of a chain' },
      },
      required: ['pipelineIds'],
      additionalProperties: false,
    },
    example: { parameters: { pipelineIds: ['01890a5d-ac96-774b-bcce-b302099a8059'], statuses: ['failed'] } },
    pure: true,
    trigger: true,
  };
}
