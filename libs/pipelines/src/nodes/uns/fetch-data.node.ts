import { parseTimestamp, type FieldProblem, type JsonValue } from '#kernel';
import { UnsHistoryService } from '#uns';
import {
  emit,
  fullTopic,
  NodeError,
  NodeType,
  type JsonObject,
  type NodeCall,
  type NodeDefinition,
  type NodeResult,
} from '../../node-types';
import { refusedAs } from '../support/refusal';
import { TOPIC } from '../support/schema';
import { paragraphs } from '../support/wording';
import { topicProblems } from './records';

interface Parameters {
  topic: string;
  limit?: number;
  from?: string | number | null;
  to?: string | number | null;
}

@NodeType()
export class UnsFetchDataNode implements NodeType<Parameters> {
  readonly definition: NodeDefinition = {
    type: 'system.uns.fetchdata',
    category: 'uns',
    title: 'UNS Fetch Data',
    description: 'Reads the latest records of a topic.',
    documentation: paragraphs(
      'The output is an array of `{topic, value, source, timestamp, receivedAt, quality}`, newest first, of at most `limit` ' +
        'records between `from` (inclusive) and `to` (exclusive). It is empty where there are none; a topic that does not ' +
        'exist fails the node.',
      'The version prefix of the topic is added where it is missing.',
    ),
    inputs: ['in'],
    outputs: ['out'],
    parameters: {
      type: 'object',
      properties: {
        topic: TOPIC,
        limit: { type: 'integer', minimum: 1, maximum: 1_000, default: 100, description: 'Most records to read' },
        from: { type: ['string', 'integer', 'null'], description: 'RFC 3339 or epoch milliseconds; else the first' },
        to: { type: ['string', 'integer', 'null'], description: 'RFC 3339 or epoch milliseconds; else the last' },
      },
      required: ['topic'],
      additionalProperties: false,
    },
    example: { parameters: { topic: 'factory/line-1/speed', limit: 10 } },
    pure: false,
  };

  constructor(private readonly history: UnsHistoryService) {}

  check({ topic }: JsonObject): FieldProblem[] {
    return topicProblems(topic);
  }

  async run({ organizationId, parameters }: NodeCall<Parameters>): Promise<NodeResult> {
    const { topic, limit = 100 } = parameters;
    const stretch = { from: timeOf(parameters.from, 'From'), to: timeOf(parameters.to, 'To'), limit };
    try {
      const records = await this.history.latest(organizationId, fullTopic(topic), stretch);
      return emit(records.map((record): JsonValue => ({ ...record })));
    } catch (error) {
      throw refusedAs(error);
    }
  }
}

function timeOf(time: string | number | null | undefined, title: string): Date | null {
  if (time === undefined || time === null) return null;
  const milliseconds = parseTimestamp(time);
  if (milliseconds !== undefined) return new Date(milliseconds);
  throw new NodeError(`${title} must be RFC 3339 or integer epoch milliseconds`, undefined, false);
}
