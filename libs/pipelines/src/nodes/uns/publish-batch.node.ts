import type { JsonValue } from '#kernel';
import { UnsDataService } from '#uns';
import { emit, NodeType, type NodeCall, type NodeDefinition, type NodeResult } from '../../node-types';
import { refusedAs } from '../support/refusal';
import { INPUT_BEFORE } from '../support/schema';
import { paragraphs } from '../support/wording';
import { MOST_RECORDS, recordsOf } from './records';

interface Parameters {
  records?: JsonValue;
}

@NodeType()
export class UnsPublishBatchNode implements NodeType<Parameters> {
  readonly definition: NodeDefinition = {
    type: 'system.uns.publishBatch',
    category: 'uns',
    title: 'UNS Publish Batch',
    description: 'Publishes up to 10,000 values to the Unified Namespace in one commit: all of them, or none.',
    documentation: paragraphs(
      'A record is `{topic, value, source, timestamp, quality}`, as for UNS Publish: only topic and value are required. ' +
        'The first bad record fails the node, with its place; nothing is stored then. The output is `{count}`.',
      'Records are stored once, however often the node is tried again. MQTT subscribers may see them again after a crash.',
    ),
    inputs: ['in'],
    outputs: ['out'],
    parameters: {
      type: 'object',
      properties: {
        records: {
          default: INPUT_BEFORE,
          // Of an expression that makes them, topics that it has in quotes; what records must be is checked when they are read.
          'x-reference': 'topic',
          items: { properties: { topic: { 'x-reference': 'topic' } } },
          description: `1 to ${MOST_RECORDS} records`,
        },
      },
      additionalProperties: false,
    },
    example: {
      parameters: {
        records: [
          { topic: 'factory/line-1/speed', value: 42 },
          { topic: 'factory/line-1/state', value: 'running', quality: 'uncertain' },
        ],
      },
      output: { count: 2 },
    },
    pure: false,
  };

  constructor(private readonly data: UnsDataService) {}

  async run(call: NodeCall<Parameters>): Promise<NodeResult> {
    try {
      const records = recordsOf(call.parameters.records, call);
      await this.data.publishOnce(call.organizationId, call.effectKey, records, call.chainDepth);
      return emit({ count: records.length });
    } catch (error) {
      throw refusedAs(error);
    }
  }
}
