import type { JsonValue } from '#kernel';
import { NodeType, type NodeCall, type NodeDefinition, type NodeResult } from '../../node-types';
import { idOf, INPUT_BEFORE } from '../support/schema';
import { paragraphs } from '../support/wording';

interface Parameters {
  pipelineId: string;
  payload?: JsonValue;
  wait?: boolean;
}

@NodeType()
export class CallPipelineNode implements NodeType<Parameters> {
  readonly definition: NodeDefinition = {
    type: 'flow.pipeline',
    category: 'flow',
    title: 'Run Pipeline',
    description: 'Starts a run of another pipeline.',
    documentation: paragraphs(
      'The other run sees `payload` as its `$trigger.payload`. With `wait`, this one goes on when the other has ended, with ' +
        'its last output, and fails when the other failed; it holds no worker meanwhile. Without `wait`, it goes on at once.',
      'A pipeline that calls itself, directly or by others, is stopped by the limit of the depth of such calls.',
    ),
    inputs: ['in'],
    outputs: ['out'],
    parameters: {
      type: 'object',
      properties: {
        pipelineId: idOf('pipeline', 'The pipeline to run; it must be enabled'),
        payload: { default: INPUT_BEFORE, description: 'Its `$trigger.payload`: any JSON' },
        wait: { type: 'boolean', default: true, description: 'Whether to go on only when it has ended' },
      },
      required: ['pipelineId'],
      additionalProperties: false,
    },
    example: { parameters: { pipelineId: '01890a5d-ac96-774b-bcce-b302099a8059', payload: '{{ $input[0].order }}' } },
    pure: false,
  };

  run({ parameters: { pipelineId, payload = null, wait = true } }: NodeCall<Parameters>): NodeResult {
    return { kind: 'call', pipelineId, payload, wait };
  }
}
