import type { FieldProblem, JsonValue } from '#kernel';
import { NodeType, type JsonObject, type NodeCall, type NodeDefinition, type NodeResult } from '../../node-types';
import { decision, decisionProblems, requireDecision } from '../support/decision';
import { firstInput, isObject } from '../support/inputs';
import { paragraphs } from '../support/wording';

interface Parameters {
  cases: { id: string; label?: string; expression?: JsonValue }[];
  matchMode?: 'all' | 'first';
}

/** The port that is taken when no case matches. */
const DEFAULT = 'default';
const MOST_CASES = 10;

@NodeType()
export class SwitchNode implements NodeType<Parameters> {
  readonly definition: NodeDefinition = {
    type: 'flow.switch',
    category: 'flow',
    title: 'Switch',
    description: 'Sends what comes in to the ports of the cases that match.',
    documentation: paragraphs(
      'Each case is an output port, named by its `id`; edges stay with it when its label or place changes. Its expression ' +
        'must give true or false; anything else fails the node, with the id of the case.',
      'With `matchMode` **all**, every case that matches goes on; with **first**, the first one alone. When none matches, ' +
        '`default` is taken. All expressions are computed, also with **first**.',
      'What comes in goes out unchanged; of several inputs, the first one by the names of the nodes.',
    ),
    inputs: ['in'],
    outputs: portsOf,
    parameters: {
      type: 'object',
      properties: {
        cases: {
          type: 'array',
          items: {
            type: 'object',
            properties: {
              id: { type: 'string', pattern: '^[A-Za-z0-9_-]{1,64}$', description: 'The port; not `default`' },
              label: { type: 'string', maxLength: 100, description: 'For people' },
              expression: decision('When the case matches'),
            },
            required: ['id', 'expression'],
            additionalProperties: false,
          },
          minItems: 1,
          maxItems: MOST_CASES,
          description: 'In the order in which they are tried',
        },
        matchMode: { type: 'string', enum: ['all', 'first'], default: 'all', description: 'Which of those that match' },
      },
      required: ['cases'],
      additionalProperties: false,
    },
    example: {
      parameters: {
        cases: [
          { id: 'hot', label: 'Too hot', expression: '$input[0].temperature > 80' },
          { id: 'cold', label: 'Too cold', expression: '$input[0].temperature < 5' },
        ],
        matchMode: 'first',
      },
    },
    pure: true,
  };

  check({ cases }: JsonObject): FieldProblem[] {
    const given = Array.isArray(cases) ? cases : [];
    const ids = idsOf(given);
    return given.flatMap((entry, index) => {
      if (!isObject(entry)) return [];
      const { id, expression } = entry;
      const field = `cases[${index}]`;
      const problems = decisionProblems(expression, `${field}.expression`, `Expression of case ${index + 1}`);
      if (id === DEFAULT) problems.push({ field: `${field}.id`, message: 'Id default is reserved' });
      else if (typeof id === 'string' && ids.indexOf(id) < index) {
        problems.push({ field: `${field}.id`, message: `Id ${id.slice(0, 64)} is given to two cases` });
      }
      return problems;
    });
  }

  run(call: NodeCall<Parameters>): NodeResult {
    const { cases, matchMode = 'all' } = call.parameters;
    const matching = cases.filter(({ id, expression }) => requireDecision(expression, `Case ${id}`));
    const taken = matching.slice(0, matchMode === 'first' ? 1 : MOST_CASES).map(({ id }) => id);
    const value = firstInput(call);
    const ports = taken.length > 0 ? taken : [DEFAULT];
    return { kind: 'emit', emissions: ports.map((port) => ({ port, value })) };
  }
}

/** Also of parameters that are no good yet. */
function portsOf({ cases }: JsonObject): string[] {
  const ids = Array.isArray(cases) ? idsOf(cases).filter((id) => typeof id === 'string') : [];
  return [...new Set([...ids, DEFAULT])];
}

const idsOf = (cases: readonly JsonValue[]): (JsonValue | undefined)[] =>
  cases.map((entry) => (isObject(entry) ? entry.id : undefined));
