import { NodeType, type NodeCall, type NodeDefinition, type NodeResult } from '../../node-types';

interface Parameters {
  status?: 'completed' | 'failed';
  message?: string;
}

const LONGEST_MESSAGE = 1_000;

@NodeType()
export class StopNode implements NodeType<Parameters> {
  readonly definition: NodeDefinition = {
    type: 'flow.stop',
    category: 'flow',
    title: 'Stop',
    description: 'Ends the whole run, as a success or as a failure.',
    documentation:
      'Nodes that are running are stopped, those that have not begun are left out. With `failed`, the message is the error ' +
      'of the run; a longer one is cut to 1,000 characters.',
    inputs: ['in'],
    outputs: [],
    parameters: {
      type: 'object',
      properties: {
        status: {
          type: 'string',
          enum: ['completed', 'failed'],
          default: 'completed',
          description: 'How the run ends',
        },
        message: { type: 'string', default: '', description: 'Why, for those who look at the run' },
      },
      additionalProperties: false,
    },
    example: { parameters: { status: 'failed', message: 'Order {{ $trigger.payload.id }} has no lines' } },
    pure: true,
  };

  run({ parameters: { status = 'completed', message = '' } }: NodeCall<Parameters>): NodeResult {
    return { kind: 'stop', status, message: message.slice(0, LONGEST_MESSAGE) };
  }
}
