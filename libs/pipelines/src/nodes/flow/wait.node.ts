import type { FieldProblem, JsonValue } from '#kernel';
import {
  NodeError,
  NodeType,
  type JsonObject,
  type NodeCall,
  type NodeDefinition,
  type NodeResult,
} from '../../node-types';
import { durationMilliseconds } from '../support/duration';
import { firstInput, kindOf } from '../support/inputs';
import { paragraphs } from '../support/wording';

interface Parameters {
  duration?: JsonValue;
}

const SHORTEST = 1;
const LONGEST = 24 * 3_600_000;
const DEFAULT = '1s';

@NodeType()
export class WaitNode implements NodeType<Parameters> {
  readonly definition: NodeDefinition = {
    type: 'flow.wait',
    category: 'flow',
    title: 'Wait',
    description: 'Goes on after a time.',
    documentation: paragraphs(
      'The duration is a text such as `750ms`, `5s`, `10m` or `2h`, or an expression that gives such a text or a number of ' +
        'milliseconds. It is 1 ms to 24 h: a fixed one outside is refused, a computed one is cut to it.',
      'A run that waits holds no worker, survives restarts, and ends at once when it is cancelled. The time limit of the ' +
        'run goes on meanwhile. What comes in goes out unchanged.',
    ),
    inputs: ['in'],
    outputs: ['out'],
    parameters: {
      type: 'object',
      properties: {
        duration: { type: ['string', 'number'], default: DEFAULT, description: '`750ms`, `5s`, or milliseconds' },
      },
      additionalProperties: false,
    },
    example: { parameters: { duration: '5s' } },
    // What was waited for once is not waited for again.
    pure: false,
  };

  check({ duration = DEFAULT }: JsonObject): FieldProblem[] {
    if (typeof duration === 'string' && (duration.includes('{{') || duration.startsWith('$'))) return [];
    const milliseconds = toMilliseconds(duration);
    if (milliseconds === undefined)
      return [{ field: 'duration', message: 'Duration must be written like 750ms or 5s' }];
    const fits = milliseconds >= SHORTEST && milliseconds <= LONGEST;
    return fits ? [] : [{ field: 'duration', message: 'Duration must be from 1ms to 24h' }];
  }

  run(call: NodeCall<Parameters>): NodeResult {
    const { duration = DEFAULT } = call.parameters;
    const milliseconds = toMilliseconds(duration);
    if (milliseconds === undefined) {
      const given = typeof duration === 'string' ? JSON.stringify(duration.slice(0, 50)) : kindOf(duration);
      throw new NodeError(
        `Duration must be a text such as 5s or a number of milliseconds, not ${given}`,
        undefined,
        false,
      );
    }
    const bounded = Math.min(Math.max(Math.round(milliseconds), SHORTEST), LONGEST);
    return { kind: 'wait', milliseconds: bounded, value: firstInput(call) };
  }
}

function toMilliseconds(duration: JsonValue): number | undefined {
  if (typeof duration === 'string') return durationMilliseconds(duration);
  return typeof duration === 'number' && Number.isFinite(duration) ? duration : undefined;
}
