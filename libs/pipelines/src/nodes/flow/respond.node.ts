import type { FieldProblem, JsonValue } from '#kernel';
import {
  NodeError,
  NodeType,
  type JsonObject,
  type NodeCall,
  type NodeDefinition,
  type NodeResult,
} from '../../node-types';
import { answerHeaderProblems, HEADER_NAME } from '../support/headers';
import { firstInput, isObject } from '../support/inputs';
import { paragraphs } from '../support/wording';

interface Parameters {
  status?: number;
  headers?: Record<string, string>;
  body?: JsonValue;
}

@NodeType()
export class RespondNode implements NodeType<Parameters> {
  readonly definition: NodeDefinition = {
    type: 'flow.respond',
    category: 'flow',
    title: 'Respond to Webhook',
    description: 'Answers the HTTP request that started the run, and goes on.',
    documentation: paragraphs(
      'For runs that a `trigger.webhook` with `respond: node` starts. The first answer counts; where no caller waits, the ' +
        'node does nothing. What comes in goes out unchanged.',
      'The body is sent as JSON, a text as it is. Headers that belong to the connection or set cookies cannot be given: ' +
        '`Connection`, `Content-Length`, `Set-Cookie`, `Transfer-Encoding` and their like.',
    ),
    inputs: ['in'],
    outputs: ['out'],
    parameters: {
      type: 'object',
      properties: {
        status: { type: 'integer', minimum: 200, maximum: 599, default: 200, description: 'HTTP status' },
        headers: {
          type: 'object',
          propertyNames: { pattern: HEADER_NAME, maxLength: 100 },
          additionalProperties: { type: 'string', maxLength: 4_000 },
          maxProperties: 50,
          default: {},
          description: 'HTTP headers: name and value',
        },
        body: { default: null, description: 'Any JSON; nothing where it is null' },
      },
      additionalProperties: false,
    },
    example: {
      parameters: { status: 201, headers: { 'X-Order': '{{ $trigger.payload.id }}' }, body: { accepted: true } },
    },
    pure: false,
  };

  check({ headers }: JsonObject): FieldProblem[] {
    return isObject(headers) ? answerHeaderProblems(headers, 'headers') : [];
  }

  run(call: NodeCall<Parameters>): NodeResult {
    const { status = 200, headers = {}, body = null } = call.parameters;
    const [problem] = answerHeaderProblems(headers, 'headers');
    if (problem) throw new NodeError(problem.message, undefined, false);
    return { kind: 'respond', status, headers, body, value: firstInput(call) };
  }
}
