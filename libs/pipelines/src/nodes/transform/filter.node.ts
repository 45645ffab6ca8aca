import { LRUCache } from 'lru-cache';
import type { FieldProblem, JsonValue } from '#kernel';
import { neededBy, type Expression } from '../../expressions';
import {
  emit,
  NodeError,
  NodeType,
  type JsonObject,
  type NodeCall,
  type NodeDefinition,
  type NodeResult,
} from '../../node-types';
import { deferredExpression, deferredProblems } from '../support/deferred';
import { requireItems } from '../support/inputs';
import { INPUT_BEFORE } from '../support/schema';
import { runScripts } from '../support/run-scripts';
import { paragraphs } from '../support/wording';

interface Parameters {
  items?: JsonValue;
  condition: string;
}

/** Conditions that were read already, by their texts. */
const REMEMBERED_CHARACTERS = 1_000_000;

@NodeType()
export class FilterNode implements NodeType<Parameters> {
  private readonly conditions = new LRUCache<string, Expression>({
    maxSize: REMEMBERED_CHARACTERS,
    sizeCalculation: (_, text) => text.length,
  });

  readonly definition: NodeDefinition = {
    type: 'transform.filter',
    category: 'transform',
    title: 'Filter',
    description: 'Keeps the items of an array for which a condition holds.',
    documentation: paragraphs(
      'The condition is an expression, with or without `{{ }}`, in which `$item` is the item and `$index` its place, from ' +
        '0: `$item.quality === "good"`. Inside a loop they are those of the filter, not of the loop. It must give true or ' +
        'false; anything else, and any error, fails the node with the number of the item.',
      'All items are looked at in one call of the sandbox, whose limits of time and memory hold for all of them together. ' +
        'At most 100,000 items.',
    ),
    inputs: ['in'],
    outputs: ['out'],
    parameters: {
      type: 'object',
      properties: {
        items: { default: INPUT_BEFORE, description: 'An array' },
        condition: {
          type: 'string',
          minLength: 1,
          maxLength: 20_000,
          'x-expression': true,
          'x-deferred': true,
          description: 'What has to hold for an item to stay: `$item.value > 10`',
        },
      },
      required: ['condition'],
      additionalProperties: false,
    },
    example: {
      parameters: { items: [{ value: 5 }, { value: 15 }], condition: '$item.value > 10' },
      output: [{ value: 15 }],
    },
    pure: true,
  };

  check({ condition }: JsonObject): FieldProblem[] {
    return deferredProblems(condition, 'condition', 'Condition');
  }

  async run(call: NodeCall<Parameters>): Promise<NodeResult> {
    const { parameters, scope } = call;
    const items = requireItems(parameters.items, 'Items');
    const expression = this.read(parameters.condition);
    const { names, values } = neededBy([expression], scope);
    const script = { source: scriptOf(expression), parameters: ['$items', ...names] };
    const [kept] = await runScripts(call, 'Condition', [script], { ...values, $items: items });
    return emit(items.filter((_, index) => requireKept((kept as JsonValue[])[index], index)));
  }

  private read(condition: string): Expression {
    const known = this.conditions.get(condition);
    if (known) return known;
    const { variables, ...rest } = deferredExpression(condition);
    // Those of a loop around are hidden, and need not be handed over.
    const expression = { ...rest, variables: variables.difference(new Set(['$item', '$index'])) };
    this.conditions.set(condition, expression);
    return expression;
  }
}

/**
 * The condition of all items: the names of its item are arguments, which hide those of a loop around. Errors become
 * texts, so that they can say which item it was; those of the limits stay what they are.
 */
const scriptOf = ({ source }: Expression): string =>
  `$items.map(($item, $index) => {
    try {
      return ((given) => typeof given === 'boolean' ? given : null)((${source}));
    } catch (error) {
      throw error instanceof InternalError ? error : 'item ' + ($index + 1) + ': ' + error;
    }
  })`;

function requireKept(kept: JsonValue | undefined, index: number): boolean {
  if (typeof kept === 'boolean') return kept;
  throw new NodeError(
    `Condition must give true or false for each item, and does not for item ${index + 1}`,
    undefined,
    false,
  );
}
