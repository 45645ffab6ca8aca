import type { FieldProblem, JsonValue } from '#kernel';
import {
  emit,
  NodeError,
  NodeType,
  type JsonObject,
  type NodeCall,
  type NodeDefinition,
  type NodeResult,
} from '../../node-types';
import { isObject, requireItems } from '../support/inputs';
import { INPUT_BEFORE } from '../support/schema';
import { paragraphs } from '../support/wording';
import { aggregate, OPERATIONS, type Aggregation } from './aggregate-items';
import { aggregationProblems } from './aggregate-rules';

interface Parameters {
  items?: JsonValue;
  groupBy?: string[];
  operations: Aggregation[];
}

@NodeType()
export class AggregateNode implements NodeType<Parameters> {
  readonly definition: NodeDefinition = {
    type: 'transform.aggregate',
    category: 'transform',
    title: 'Aggregate',
    description: 'Counts, adds up, averages and collects items, in groups or all together.',
    documentation: paragraphs(
      'With `groupBy` the output is an array with an object for each group, in the order in which groups are met: the ' +
        'fields of `groupBy` under their names, and the results. Without it, one object of results.',
      '- **count** values · **sum**, **avg** of numbers · **min**, **max** of numbers or of texts\n' +
        '- **first**, **last** value · **list** of all values · **distinct** ones, as they are first met',
      'Dots in names lead into objects: `motor.rpm`. What an item does not have, and null, is no value: the average of ' +
        'none is null, the sum 0. A value of another type fails the node. Without `field`, the items themselves are the ' +
        'values. Results are called `as`, or `avg_motor.rpm`.',
      'At most 100,000 items.',
    ),
    inputs: ['in'],
    outputs: ['out'],
    parameters: {
      type: 'object',
      properties: {
        items: { default: INPUT_BEFORE, description: 'An array' },
        groupBy: {
          type: 'array',
          items: { type: 'string', minLength: 1, maxLength: 256 },
          maxItems: 10,
          uniqueItems: true,
          default: [],
          description: 'Fields that make a group where they are equal',
        },
        operations: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              field: { type: 'string', minLength: 1, maxLength: 256, description: 'Of the items' },
              op: { type: 'string', enum: [...OPERATIONS], description: 'What to do with its values' },
              as: { type: 'string', minLength: 1, maxLength: 256, description: 'Name of the result' },
            },
            required: ['op'],
            additionalProperties: false,
          },
          minItems: 1,
          maxItems: 50,
          description: 'What to tell of each group',
        },
      },
      required: ['operations'],
      additionalProperties: false,
    },
    example: {
      parameters: {
        items: [
          { line: 'l1', speed: 10 },
          { line: 'l2', speed: 20 },
          { line: 'l1', speed: 30 },
        ],
        groupBy: ['line'],
        operations: [{ field: 'speed', op: 'avg', as: 'speed' }, { op: 'count' }],
      },
      output: [
        { line: 'l1', speed: 20, count: 2 },
        { line: 'l2', speed: 20, count: 1 },
      ],
    },
    pure: true,
  };

  check({ groupBy, operations }: JsonObject): FieldProblem[] {
    const groups = (Array.isArray(groupBy) ? groupBy : []).filter((field) => typeof field === 'string');
    const given = (Array.isArray(operations) ? operations : []).filter(isObject);
    return aggregationProblems(groups, given);
  }

  run({ parameters: { items, groupBy = [], operations } }: NodeCall<Parameters>): NodeResult {
    // Again: they may be computed.
    const [problem] = aggregationProblems(groupBy, operations);
    if (problem) throw new NodeError(problem.message, undefined, false);
    return emit(aggregate(requireItems(items, 'Items'), groupBy, operations));
  }
}
