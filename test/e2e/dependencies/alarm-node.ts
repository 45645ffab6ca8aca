import { Module } from '@nestjs/common';
import { emit, NodeType, type NodeDefinition } from 'maestrohub/pipelines';

/** A node type from outside that refers to entities, at several depths, and needs a secret. */
@NodeType()
class AlarmNode implements NodeType {
  readonly definition: NodeDefinition = {
    type: 'acme.alarm',
    category: 'flow',
    title: 'Alarm',
    description: 'Tells people of an alarm.',
    documentation: 'Does nothing yet.',
    inputs: ['in'],
    outputs: ['out'],
    parameters: {
      type: 'object',
      properties: {
        modelId: { type: 'string', format: 'uuid', 'x-reference': 'model' },
        steps: {
          type: 'array',
          items: {
            type: 'object',
            properties: { pipelineId: { type: 'string', format: 'uuid', 'x-reference': 'pipeline' } },
            additionalProperties: false,
          },
        },
        silencedBy: { oneOf: [{ type: 'null' }, { type: 'string', 'x-reference': 'topic' }] },
        token: { type: 'string', 'x-secret': true },
      },
      required: ['modelId', 'token'],
      additionalProperties: false,
    },
    example: { parameters: { modelId: '01890a5d-ac96-774b-bcce-b302099a805a', token: 'c2VjcmV0' } },
    pure: true,
  };

  run() {
    return emit(null);
  }
}

@Module({ providers: [AlarmNode] })
export default class AlarmModule {}
