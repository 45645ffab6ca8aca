import type { FieldProblem, JsonValue } from '#kernel';
import { UnsDataService } from '#uns';
import { emit, NodeType, type JsonObject, type NodeCall, type NodeDefinition, type NodeResult } from '../../node-types';
import { refusedAs } from '../support/refusal';
import { INPUT_BEFORE, TOPIC } from '../support/schema';
import { paragraphs } from '../support/wording';
import { recordsOf, topicProblems } from './records';

interface Parameters {
  topic: string;
  value?: JsonValue;
  source?: string | null;
  timestamp?: string | number | null;
  quality?: string;
}

@NodeType()
export class UnsPublishNode implements NodeType<Parameters> {
  readonly definition: NodeDefinition = {
    type: 'system.uns.publish',
    category: 'uns',
    title: 'UNS Publish',
    description: 'Publishes a value to a topic of the Unified Namespace.',
    documentation: paragraphs(
      'The topic and its parents are made if they do not exist; the version prefix is added where it is missing: ' +
        '`factory/line-1/speed`. The node goes on when the value is stored, and gives the record as it was published.',
      'A value is stored once, however often the node is tried again: its timestamp, where none is given, is the start of ' +
        'the first attempt. MQTT subscribers may see it again after a crash. An expression that gives nothing is no value.',
      'Pipelines publish in the name of their organization, to any of its topics.',
    ),
    inputs: ['in'],
    outputs: ['out'],
    parameters: {
      type: 'object',
      properties: {
        topic: TOPIC,
        value: { default: INPUT_BEFORE, description: 'Any JSON, also null' },
        source: {
          type: ['string', 'null'],
          maxLength: 255,
          description: 'Where it comes from; else `pipeline:<name>`',
        },
        timestamp: { type: ['string', 'integer', 'null'], description: 'RFC 3339 or epoch milliseconds; else now' },
        quality: { type: 'string', enum: ['good', 'uncertain', 'bad'], default: 'good', description: 'Of the value' },
      },
      required: ['topic'],
      additionalProperties: false,
    },
    example: {
      parameters: { topic: 'factory/{{ $trigger.payload.line }}/speed', value: '{{ $trigger.payload.speed }}' },
      output: {
        topic: 'mHv1.0/factory/line-1/speed',
        value: 42,
        source: 'pipeline:Speeds',
        timestamp: '2026-01-02T03:04:05.678Z',
        quality: 'good',
      },
    },
    pure: false,
  };

  constructor(private readonly data: UnsDataService) {}

  check({ topic }: JsonObject): FieldProblem[] {
    return topicProblems(topic);
  }

  async run(call: NodeCall<Parameters>): Promise<NodeResult> {
    try {
      const records = recordsOf([{ ...call.parameters }], call);
      await this.data.publishOnce(call.organizationId, call.effectKey, records, call.chainDepth);
      const [{ timestamp, ...record }] = records as [(typeof records)[0]];
      return emit({ ...record, timestamp: new Date(timestamp!).toISOString() });
    } catch (error) {
      throw refusedAs(error);
    }
  }
}
