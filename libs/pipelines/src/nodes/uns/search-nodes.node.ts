import { TopicsService } from '#uns';
import { emit, NodeType, type NodeCall, type NodeDefinition, type NodeResult } from '../../node-types';
import { refusedAs } from '../support/refusal';
import { paragraphs } from '../support/wording';

interface Parameters {
  query?: string;
  limit?: number;
}

@NodeType()
export class UnsSearchNodesNode implements NodeType<Parameters> {
  readonly definition: NodeDefinition = {
    type: 'system.uns.searchnodes',
    category: 'uns',
    title: 'UNS Search Nodes',
    description: 'Finds topics of the Unified Namespace by a part of their name, or the end of their path.',
    documentation: paragraphs(
      'The output is an array of `{topic, name, description}`, by their paths: those whose name contains the text, whatever ' +
        'its case, at most `limit` of them; of a text of one or two letters, those whose name begins with it. An empty text ' +
        'finds all.',
      'With slashes, the levels above have to end in what stands before the last one: `line-1/temp` finds the topics in any ' +
        '`line-1` whose names begin with `temp`, and `line-1/` all that lies directly in one.',
    ),
    inputs: ['in'],
    outputs: ['out'],
    parameters: {
      type: 'object',
      properties: {
        query: {
          type: 'string',
          maxLength: 255,
          default: '',
          description: 'A part of the name, or an end of the path',
        },
        limit: { type: 'integer', minimum: 1, maximum: 1_000, default: 100, description: 'Most topics to find' },
      },
      additionalProperties: false,
    },
    example: {
      parameters: { query: 'temperature' },
      output: [{ topic: 'mHv1.0/factory/line-1/temperature', name: 'temperature', description: null }],
    },
    pure: false,
  };

  constructor(private readonly topics: TopicsService) {}

  async run({ organizationId, parameters: { query = '', limit = 100 } }: NodeCall<Parameters>): Promise<NodeResult> {
    try {
      const found = await this.topics.find(organizationId, query, limit);
      return emit(found.map(({ topic, name, description }) => ({ topic, name, description })));
    } catch (error) {
      throw refusedAs(error);
    }
  }
}
