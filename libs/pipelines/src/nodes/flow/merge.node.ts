import type { FieldProblem } from '#kernel';
import { emit, NodeType, type JsonObject, type NodeCall, type NodeDefinition, type NodeResult } from '../../node-types';
import { pathProblems } from '../support/field-path';
import { paragraphs } from '../support/wording';
import { MERGE_MODES, mergeInputs, type MergeMode } from './merge-inputs';

interface Parameters {
  mode?: MergeMode;
  keyField?: string;
}

@NodeType()
export class MergeNode implements NodeType<Parameters> {
  readonly definition: NodeDefinition = {
    type: 'flow.merge',
    category: 'flow',
    title: 'Merge',
    description: 'Waits for all that lead into it, and makes one value of theirs.',
    documentation: paragraphs(
      'Inputs are ordered by the names of their nodes; those on ways that the run did not take are left out.',
      '- **object**: `{"Node A": …, "Node B": …}`\n' +
        '- **append**: one array with the items of all\n' +
        '- **combineByPosition**: the first items of all in one object, then the second ones …\n' +
        '- **combineByKey**: the items with the same value of `keyField` in one object, in the order in which keys are met',
      'Where items are wanted, what is no array is taken as one item. In combined objects the members have the name of the ' +
        'node ahead, `Node A_temperature`; an item that is no object stands under the name of its node. The key keeps its ' +
        'own name. Where an input has a key twice, the later item’s members win.',
      'At most 100,000 items in all. An item without the key field fails the node.',
    ),
    inputs: ['in'],
    outputs: ['out'],
    parameters: {
      type: 'object',
      properties: {
        mode: { type: 'string', enum: [...MERGE_MODES], default: 'object', description: 'How values become one' },
        keyField: {
          type: 'string',
          maxLength: 256,
          description: 'For combineByKey; dots lead into objects: `line.id`',
        },
      },
      additionalProperties: false,
    },
    example: { parameters: { mode: 'combineByKey', keyField: 'id' } },
    pure: true,
    leastInputs: 2,
  };

  check({ mode, keyField }: JsonObject): FieldProblem[] {
    if (mode !== 'combineByKey') return [];
    if (keyField === undefined || keyField === '') return [{ field: 'keyField', message: 'Key field is required' }];
    return pathProblems(keyField, 'keyField', 'Key field');
  }

  run({ inputs, parameters: { mode = 'object', keyField } }: NodeCall<Parameters>): NodeResult {
    return emit(mergeInputs(inputs, mode, keyField));
  }
}
