import { emit, NodeType, type NodeCall, type NodeDefinition, type NodeResult } from '../../node-types';
import { paragraphs } from '../support/wording';

@NodeType()
export class EndForEachNode implements NodeType {
  readonly definition: NodeDefinition = {
    type: 'flow.endforeach',
    category: 'flow',
    title: 'End For Each',
    description: 'Ends what `flow.foreach` runs for each item.',
    documentation: paragraphs(
      'What comes in is the result of the item; where several nodes lead into it, an array of what they gave, by their ' +
        'names.',
      'After the last item goes `{results, succeeded, failed}`.',
    ),
    inputs: ['in'],
    outputs: ['out'],
    parameters: { type: 'object', properties: {}, additionalProperties: false },
    example: { parameters: {}, output: { results: [2, 4, 6], succeeded: 3, failed: 0 } },
    pure: true,
    loop: 'end',
  };

  run({ inputs }: NodeCall): NodeResult {
    const values = inputs.map(({ value }) => value);
    return emit(values.length > 1 ? values : (values[0] ?? null));
  }
}
