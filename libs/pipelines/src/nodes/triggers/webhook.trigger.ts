import type { FieldProblem } from '#kernel';
import { NodeType, type JsonObject, type NodeDefinition } from '../../node-types';
import { HEADER_NAME, headerProblems } from '../support/headers';
import { isObject } from '../support/inputs';
import { paragraphs } from '../support/wording';
import { addressProblem } from './address-rules';

@NodeType()
export class WebhookTrigger implements NodeType {
  readonly definition: NodeDefinition = {
    type: 'trigger.webhook',
    category: 'trigger',
    title: 'Webhook',
    description: 'Starts a run for each HTTP request to `/api/v1/scheduler/webhooks/{path}`.',
    documentation: paragraphs(
      '`$trigger` is `{method, path, headers, query, clientIp, payload}`. The payload of a JSON body is its value, that of ' +
        'a form an object of its fields, that of a text the text; of anything else `{contentType, base64}`, and null of ' +
        'none. A body has at most 10 MiB. Headers that authenticate the caller are left out.',
      '`auth` names headers that a request must have, with their exact values; with none, everybody may call. Values are ' +
        'secrets: stored sealed, and read as `********`. `allowIps` leaves in only callers from those addresses.',
      '`respond` says what the caller waits for: **immediately** is answered when the run is stored, with `status` and ' +
        '`body`; **whenFinished** with the last output when the run ends; **node** by the `flow.respond` of the run. After 55 s the ' +
        'caller is told the id of the run (202); a run that failed is a 502.',
      'With an `Idempotency-Key`, a request starts one run however often it comes within 24 hours.',
      'A path belongs to one trigger of all pipelines of all organizations that are enabled.',
    ),
    inputs: [],
    outputs: ['out'],
    parameters: {
      type: 'object',
      properties: {
        path: {
          type: 'string',
          minLength: 1,
          maxLength: 200,
          pattern: '^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$',
          description: 'Letters, digits, `-` and `_`, in parts between `/`',
        },
        methods: {
          type: 'array',
          items: { type: 'string', enum: ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] },
          minItems: 1,
          uniqueItems: true,
          default: ['POST'],
          description: 'Requests by other methods are refused',
        },
        auth: {
          type: 'object',
          propertyNames: { pattern: HEADER_NAME, maxLength: 100 },
          additionalProperties: { type: 'string', minLength: 1, maxLength: 1_000, 'x-secret': true },
          maxProperties: 10,
          default: {},
          description: 'Headers that a request must have: name and value',
        },
        allowIps: {
          type: 'array',
          items: { type: 'string', maxLength: 50 },
          maxItems: 100,
          default: [],
          description: 'Addresses and ranges that may call, IPv4 or IPv6: `10.0.0.0/8`; all where there is none',
        },
        respond: {
          type: 'string',
          enum: ['immediately', 'whenFinished', 'node'],
          default: 'immediately',
          description: 'What the caller waits for',
        },
        status: { type: 'integer', minimum: 200, maximum: 599, default: 200, description: 'Of the immediate answer' },
        body: { default: null, description: 'Of the immediate answer: any JSON; null for the id of the run' },
      },
      required: ['path'],
      additionalProperties: false,
    },
    example: {
      parameters: { path: 'orders/new', auth: { 'X-Api-Key': 'c2VjcmV0LWtleQ' }, allowIps: ['192.0.2.0/24'] },
      output: {
        method: 'POST',
        path: 'orders/new',
        headers: { 'content-type': 'application/json' },
        query: {},
        clientIp: '192.0.2.7',
        payload: { order: 4711 },
      },
    },
    pure: true,
    trigger: true,
  };

  check({ auth, allowIps }: JsonObject): FieldProblem[] {
    const addresses = Array.isArray(allowIps) ? allowIps : [];
    return [
      ...(isObject(auth) ? headerProblems(auth, 'auth') : []),
      ...addresses.flatMap((address, index) => {
        const problem = addressProblem(address);
        return problem === undefined ? [] : [{ field: `allowIps[${index}]`, message: problem }];
      }),
    ];
  }
}
