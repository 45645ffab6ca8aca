import { filterProblem, MAX_TOPIC_LENGTH, TOPIC_ROOT, type FieldProblem, type JsonValue } from '#kernel';
import { NodeType, type JsonObject, type NodeDefinition } from '../../node-types';
import { TRIGGER_MODE } from '../support/schema';
import { paragraphs } from '../support/wording';

@NodeType()
export class UnsSubscribeTrigger implements NodeType {
  readonly definition: NodeDefinition = {
    type: 'trigger.uns.subscribe',
    category: 'trigger',
    title: 'UNS Subscribe',
    description: 'Starts a run for each value that is published to the topics it selects.',
    documentation: paragraphs(
      '`topics` are MQTT topic filters: `+` stands for one level, a last `#` for all levels that follow. They begin with ' +
        `\`${TOPIC_ROOT}/\`, or with a wildcard. A value that several filters select starts one run.`,
      '`$trigger` is `{topic, payload, timestamp, source, quality}`.',
      'The run is stored together with its value: both, or neither. Where too many runs wait already, the value is stored ' +
        'and starts none. Values that runs publish start runs one link further in a chain, and none beyond three.',
      'With `onChange`, a value starts a run only if it differs from the last one of its topic.',
    ),
    inputs: [],
    outputs: ['out'],
    parameters: {
      type: 'object',
      properties: {
        topics: {
          type: 'array',
          items: { type: 'string', minLength: 1, maxLength: MAX_TOPIC_LENGTH, 'x-reference': 'topic-filter' },
          minItems: 1,
          maxItems: 100,
          uniqueItems: true,
          description: `Topic filters: \`${TOPIC_ROOT}/factory/+/temperature\``,
        },
        ...TRIGGER_MODE,
      },
      required: ['topics'],
      additionalProperties: false,
    },
    example: {
      parameters: { topics: [`${TOPIC_ROOT}/factory/+/temperature`], mode: 'onChange' },
      output: {
        topic: `${TOPIC_ROOT}/factory/line-1/temperature`,
        payload: 21.5,
        timestamp: '2026-01-02T03:04:05.678Z',
        source: 'plc-1',
        quality: 'good',
      },
    },
    pure: true,
    trigger: true,
  };

  check({ topics }: JsonObject): FieldProblem[] {
    const filters = Array.isArray(topics) ? topics : [];
    return filters.flatMap((filter, index) => {
      const problem = topicFilterProblem(filter);
      return problem === undefined ? [] : [{ field: `topics[${index}]`, message: problem }];
    });
  }
}

function topicFilterProblem(filter: JsonValue): string | undefined {
  if (typeof filter !== 'string') return 'Topic filter must be a text';
  const [first = ''] = filter.split('/');
  if (![TOPIC_ROOT, '+', '#'].includes(first)) return `Topic filter must begin with ${TOPIC_ROOT}/ or a wildcard`;
  if (filter === TOPIC_ROOT) return `Topic filter must name a level after ${TOPIC_ROOT}/`;
  return filterProblem(filter);
}
