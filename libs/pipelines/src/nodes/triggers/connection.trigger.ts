import { NodeType, type NodeDefinition } from '../../node-types';
import { idOf, TRIGGER_MODE } from '../support/schema';
import { paragraphs } from '../support/wording';

@NodeType()
export class ConnectionTrigger implements NodeType {
  readonly definition: NodeDefinition = {
    type: 'trigger.connection',
    category: 'trigger',
    title: 'Connection',
    description: 'Starts a run for each message that a connection’s subscribing function brings.',
    documentation: paragraphs(
      'Any function that subscribes, consumes or monitors will do, of whichever protocol. The subscription is made when ' +
        'the pipeline is enabled, taken down when it is disabled, and made again after the connection was lost.',
      '`$trigger.payload` is the message; what else `$trigger` says (topic, key, headers, quality …) depends on the protocol.',
      'With `onChange`, a message starts a run only if its payload differs from the last one of the same topic, tag or key.',
    ),
    inputs: [],
    outputs: ['out'],
    parameters: {
      type: 'object',
      properties: {
        connectionId: idOf('connection', 'The connection'),
        functionId: idOf('function', 'One of its functions that brings messages'),
        ...TRIGGER_MODE,
      },
      required: ['connectionId', 'functionId'],
      additionalProperties: false,
    },
    example: {
      parameters: {
        connectionId: '01890a5d-ac96-774b-bcce-b302099a8057',
        functionId: '01890a5d-ac96-774b-bcce-b302099a8058',
        mode: 'onChange',
      },
    },
    pure: true,
    trigger: true,
  };
}
