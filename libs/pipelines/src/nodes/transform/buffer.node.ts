import type { JsonValue } from '#kernel';
import {
  emit,
  NodeError,
  NodeType,
  type NodeCall,
  type NodeDefinition,
  type NodeInput,
  type NodeResult,
} from '../../node-types';
import { paragraphs } from '../support/wording';
import { addTo, readState, sizeOf } from './buffered';

interface Parameters {
  mode?: 'collect' | 'sliding';
  maxCount?: number;
  maxBytes?: number;
  overflow?: 'reject' | 'passthrough' | 'emitSolo';
}

const MOST_COUNT = 10_000;
const MOST_BYTES = 25 * 1024 * 1024;
const NOTHING: NodeResult = { kind: 'emit', emissions: [] };

@NodeType()
export class BufferNode implements NodeType<Parameters> {
  readonly definition: NodeDefinition = {
    type: 'transform.buffer',
    category: 'transform',
    title: 'Buffer',
    description: 'Gathers items over many runs, and lets them go on together.',
    documentation: paragraphs(
      'What comes in is added at the end: an array item by item, anything else as one item. While neither threshold is ' +
        'reached, nothing goes on, and the run ends here. Runs at the same time come one after another.',
      '- **collect**: when a threshold is reached, all items go on as one array, the oldest first, and the buffer is ' +
        'empty. An array that comes in is never divided, so that there may be more of them than `maxCount`.\n' +
        '- **sliding**: the buffer keeps the newest items up to both thresholds; once it is full, each run lets all of ' +
        'them go on.',
      'The size of an item is that of its JSON in UTF-8. `overflow` says what happens to an item that alone is larger than ' +
        '`maxBytes`: **reject** fails the node and adds nothing; **passthrough** lets all that came in go on as it is and ' +
        'leaves the buffer alone; **emitSolo** lets such items go on at once in an array of their own, behind the batch ' +
        'where one is due, and adds the others.',
      'A buffer belongs to the node in its pipeline, and stays when the pipeline is changed or disabled. Without ' +
        '`maxBytes`, the limit is 25 MiB.',
    ),
    inputs: ['in'],
    outputs: ['out'],
    parameters: {
      type: 'object',
      properties: {
        mode: {
          type: 'string',
          enum: ['collect', 'sliding'],
          default: 'collect',
          description: 'What happens when full',
        },
        maxCount: { type: 'integer', minimum: 1, maximum: MOST_COUNT, default: 100, description: 'Items' },
        maxBytes: {
          type: 'integer',
          minimum: 0,
          maximum: MOST_BYTES,
          default: 0,
          description: 'Bytes; 0 for the most',
        },
        overflow: {
          type: 'string',
          enum: ['reject', 'passthrough', 'emitSolo'],
          default: 'reject',
          description: 'What happens to an item that alone is larger than `maxBytes`',
        },
      },
      additionalProperties: false,
    },
    example: { parameters: { maxCount: 500, maxBytes: 1_048_576 } },
    pure: false,
  };

  run({ inputs, parameters, withState }: NodeCall<Parameters>): Promise<NodeResult> {
    const { mode = 'collect', maxCount = 100, overflow = 'reject' } = parameters;
    const limits = { mode, maxCount, maxBytes: parameters.maxBytes || MOST_BYTES };
    const items = itemsOf(inputs);
    const fits = (item: JsonValue): boolean => sizeOf(item) <= limits.maxBytes;
    const large = items.filter((item) => !fits(item));
    if (large.length > 0 && overflow === 'reject') {
      throw new NodeError(`An item of ${sizeOf(large[0]!)} bytes is larger than ${limits.maxBytes}`, undefined, false);
    }
    if (large.length > 0 && overflow === 'passthrough') return Promise.resolve(emit(wholeOf(inputs)));
    return withState((kept) => {
      const { state, batch = [] } = addTo(readState(kept), large.length > 0 ? items.filter(fits) : items, limits);
      const due = [...batch, ...large];
      return { state: { ...state }, result: due.length > 0 ? emit(due) : NOTHING };
    });
  }
}

const itemsOf = (inputs: readonly NodeInput[]): JsonValue[] =>
  inputs.flatMap(({ value }) => (Array.isArray(value) ? value : [value]));

const wholeOf = (inputs: readonly NodeInput[]): JsonValue =>
  inputs.length === 1 ? inputs[0]!.value : inputs.map(({ value }) => value);
