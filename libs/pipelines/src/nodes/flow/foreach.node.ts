import type { JsonValue } from '#kernel';
import { emit, NodeType, type NodeCall, type NodeDefinition, type NodeResult } from '../../node-types';
import { requireItems } from '../support/inputs';
import { paragraphs } from '../support/wording';

interface Parameters {
  sourceArray?: JsonValue;
}

@NodeType()
export class ForEachNode implements NodeType<Parameters> {
  readonly definition: NodeDefinition = {
    type: 'flow.foreach',
    category: 'flow',
    title: 'For Each',
    description: 'Runs the nodes up to its `flow.endforeach` once for each item of an array.',
    documentation: paragraphs(
      'Items come strictly one after another. Inside, `$item` and `$index` (from 0) say which one it is, also in loops ' +
        'within the loop, which have their own.',
      'After the end goes `{results, succeeded, failed}`: what each item gave at the end, in order, and how many did. With ' +
        '`stopOnError` the first item that fails ends the loop and fails the node; without it, its result is ' +
        '`{error: {message}}` and the next item follows.',
      'At most 100,000 items. An empty array goes straight to what follows the end. Where the node is disabled, the nodes ' +
        'up to the end run once, for what comes in.',
    ),
    inputs: ['in'],
    outputs: ['out'],
    parameters: {
      type: 'object',
      properties: {
        sourceArray: { 'x-expression': true, description: 'The array, as an expression: `$trigger.payload.items`' },
        stopOnError: { type: 'boolean', default: true, description: 'Whether the first item that fails ends the loop' },
      },
      required: ['sourceArray'],
      additionalProperties: false,
    },
    example: { parameters: { sourceArray: '$trigger.payload.items', stopOnError: false } },
    pure: true,
    loop: 'begin',
  };

  /** The items; whoever runs the pipeline goes through them. */
  run({ parameters: { sourceArray } }: NodeCall<Parameters>): NodeResult {
    return emit(requireItems(sourceArray, 'Source array'));
  }
}
