import type { JsonObject, ReferenceMark } from '../../node-types';

/** Where nothing else is said, a node works on what the node before it gave. */
export const INPUT_BEFORE = '{{ $input[0] }}';

/** The id of an entity: any version of UUID. */
export const idOf = (type: Exclude<ReferenceMark, 'topic' | 'topic-filter'>, description: string): JsonObject => ({
  type: 'string',
  format: 'uuid',
  'x-reference': type,
  description,
});

/** The topic that a node works with. */
export const TOPIC: JsonObject = {
  type: 'string',
  minLength: 1,
  maxLength: 1_024,
  'x-reference': 'topic',
  description: '`factory/line-1/speed`',
};

/** When a trigger starts runs of what arrives. */
export const TRIGGER_MODE: Record<'mode' | 'dedupMaxKeys', JsonObject> = {
  mode: {
    type: 'string',
    enum: ['always', 'onChange'],
    default: 'always',
    description:
      'always: each message starts a run · onChange: only one whose payload differs from the last of its key',
  },
  dedupMaxKeys: {
    type: 'integer',
    minimum: 1,
    maximum: 10_000,
    default: 1_000,
    description:
      'Keys of which the last payload is remembered for onChange; the one not heard of for longest makes room',
  },
};
