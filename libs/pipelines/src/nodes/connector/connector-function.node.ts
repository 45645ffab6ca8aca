import { ConnectorError, FunctionCalls } from '#connectors';
import { DomainError, isId, type FieldProblem } from '#kernel';
import {
  emit,
  NodeError,
  NodeType,
  type JsonObject,
  type NodeCall,
  type NodeDefinition,
  type NodeResult,
} from '../../node-types';
import { refusedAs } from '../support/refusal';
import { idOf } from '../support/schema';
import { paragraphs } from '../support/wording';

interface Parameters {
  connectionId: string;
  functionId: string;
  parameters?: JsonObject;
  timeoutMs?: number;
}

@NodeType()
export class ConnectorFunctionNode implements NodeType<Parameters> {
  readonly definition: NodeDefinition = {
    type: 'connector.function',
    category: 'connector',
    title: 'Connector Function',
    description: 'Calls a function of a connection.',
    documentation: paragraphs(
      'The output is `{success, functionId, data, durationMs, timestamp}`; what is in `data` depends on the protocol: for REST ' +
        '`{status, headers, body}`.',
      'The node fails when the other side does not do it. Whether it is tried again, where the node is set to, depends on why: ' +
        'servers that cannot be reached, are busy (429) or have failed (5xx) are; other refusals (4xx), wrong parameters and ' +
        'disabled connections are not. The details of the error have what the server said.',
      'Servers that know `Idempotency-Key` do a thing once, however often the node is tried: REST functions other than GET ' +
        'send one that is the same in every attempt.',
    ),
    inputs: ['in'],
    outputs: ['out'],
    parameters: {
      type: 'object',
      properties: {
        connectionId: idOf('connection', 'The connection'),
        functionId: idOf('function', 'One of its functions'),
        parameters: { type: 'object', default: {}, description: 'Values by the names of the function’s parameters' },
        timeoutMs: {
          type: 'integer',
          minimum: 1,
          maximum: 600_000,
          description: 'Milliseconds for the whole call; else what the connection says',
        },
      },
      required: ['connectionId', 'functionId'],
      additionalProperties: false,
    },
    example: {
      parameters: {
        connectionId: '01890a5d-ac96-774b-bcce-b302099a8057',
        functionId: '01890a5d-ac96-774b-bcce-b302099a8058',
        parameters: { order: '{{ $trigger.payload.order }}' },
      },
      output: {
        success: true,
        functionId: '01890a5d-ac96-774b-bcce-b302099a8058',
        data: { status: 200, headers: { 'content-type': 'application/json' }, body: { order: 'A-17', open: 3 } },
        durationMs: 12,
        timestamp: '2026-01-02T03:04:05.678Z',
      },
    },
    pure: false,
  };

  constructor(private readonly functions: FunctionCalls) {}

  async checkReferences({ connectionId, functionId }: JsonObject, organizationId: string): Promise<FieldProblem[]> {
    if (!isId(connectionId) || !isId(functionId)) return [];
    try {
      await this.functions.require(organizationId, connectionId, functionId);
      return [];
    } catch (error) {
      if (!(error instanceof DomainError) || error.kind !== 'not_found') throw error;
      const field = error.message.startsWith('Connection') ? 'connectionId' : 'functionId';
      return [{ field, message: error.message }];
    }
  }

  async run({ organizationId, parameters: given, signal, effectKey }: NodeCall<Parameters>): Promise<NodeResult> {
    const call = { ...given, organizationId, parameters: given.parameters ?? {}, signal, idempotencyKey: effectKey };
    try {
      return emit({ ...(await this.functions.call(call)) });
    } catch (error) {
      if (error instanceof ConnectorError) throw new NodeError(error.message, error.details, error.retryable);
      throw refusedAs(error);
    }
  }
}
