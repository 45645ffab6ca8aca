import { NodeType, type NodeDefinition } from '../../node-types';

@NodeType()
export class ManualTrigger implements NodeType {
  readonly definition: NodeDefinition = {
    type: 'trigger.manual',
    category: 'trigger',
    title: 'Manual',
    description: 'Starts a run when somebody asks for it: `POST /engine/pipelines/{id}/execute`.',
    documentation: '`$trigger.payload` is the `payload` of the call; where the call has none, `outputData`.',
    inputs: [],
    outputs: ['out'],
    parameters: {
      type: 'object',
      properties: {
        outputData: { default: null, description: '`$trigger.payload` of calls that bring none: any JSON' },
      },
      additionalProperties: false,
    },
    example: { parameters: { outputData: { line: 'l1' } }, output: { payload: { line: 'l1' } } },
    pure: true,
    trigger: true,
  };
}
