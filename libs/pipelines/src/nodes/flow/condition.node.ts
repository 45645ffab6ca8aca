import type { FieldProblem, JsonValue } from '#kernel';
import { emit, NodeType, type JsonObject, type NodeCall, type NodeDefinition, type NodeResult } from '../../node-types';
import { decision, decisionProblems, requireDecision } from '../support/decision';
import { firstInput } from '../support/inputs';
import { paragraphs } from '../support/wording';

interface Parameters {
  conditions: JsonValue[];
  logicalOperator?: 'AND' | 'OR';
}

@NodeType()
export class ConditionNode implements NodeType<Parameters> {
  readonly definition: NodeDefinition = {
    type: 'flow.condition',
    category: 'flow',
    title: 'Condition',
    description: 'Sends what comes in one way when conditions hold, and another way when they do not.',
    documentation: paragraphs(
      'Conditions are expressions, with or without `{{ }}`: `$trigger.payload > 10`. Each must give true or false; anything ' +
        'else fails the node, with the number of the condition. `AND` wants all of them, `OR` any.',
      'All conditions are computed, also those that no longer count. What comes in goes out unchanged at `true` or `false`; ' +
        'of several inputs, the first one by the names of the nodes.',
    ),
    inputs: ['in'],
    outputs: ['true', 'false'],
    parameters: {
      type: 'object',
      properties: {
        conditions: {
          type: 'array',
          items: decision('An expression that gives true or false'),
          minItems: 1,
          maxItems: 50,
          description: 'What has to hold',
        },
        logicalOperator: { type: 'string', enum: ['AND', 'OR'], default: 'AND', description: 'All of them, or any' },
      },
      required: ['conditions'],
      additionalProperties: false,
    },
    example: { parameters: { conditions: ['$input[0].temperature > 80'], logicalOperator: 'AND' } },
    pure: true,
  };

  check({ conditions }: JsonObject): FieldProblem[] {
    const given = Array.isArray(conditions) ? conditions : [];
    return given.flatMap((condition, index) =>
      decisionProblems(condition, `conditions[${index}]`, `Condition ${index + 1}`),
    );
  }

  run(call: NodeCall<Parameters>): NodeResult {
    const { conditions, logicalOperator = 'AND' } = call.parameters;
    const results = conditions.map((condition, index) => requireDecision(condition, `Condition ${index + 1}`));
    const holds = logicalOperator === 'AND' ? !results.includes(false) : results.includes(true);
    return emit(firstInput(call), String(holds));
  }
}
