import { Protocol, type JsonObject, type ProtocolDefinition, type SessionContext } from '../protocol';
import { commandProblems, configProblems, type RedisConfig } from './redis-config';
import {
  COMMAND_SCHEMA,
  CONNECTION_SCHEMA,
  GET_SCHEMA,
  PUBLISH_SCHEMA,
  SET_SCHEMA,
  SUBSCRIBE_SCHEMA,
} from './redis-schemas';
import { RedisSession } from './redis-session';

/** Servers of Redis and those that speak as it does. */
@Protocol()
export class RedisProtocol implements Protocol {
  readonly definition: ProtocolDefinition = {
    id: 'redis',
    title: 'Redis',
    description: 'Sends commands, reads and writes keys, publishes and subscribes to channels',
    version: 1,
    verified: true,
    mode: 'request',
    config: CONNECTION_SCHEMA,
    example: { host: 'redis.example.com', username: 'hub', password: 'a secret' },
    functions: [
      {
        type: 'redis.command',
        title: 'Command',
        description: 'Sends a command and brings its answer',
        kind: 'call',
        config: COMMAND_SCHEMA,
        example: { command: 'HSET', args: ['line:((line))', 'speed', '((speed))'] },
        check: commandProblems,
      },
      {
        type: 'redis.get',
        title: 'Get',
        description: 'Reads the value of a key; null where there is none',
        kind: 'call',
        config: GET_SCHEMA,
        example: { key: 'order:((id))' },
      },
      {
        type: 'redis.set',
        title: 'Set',
        description: 'Sets the value of a key',
        kind: 'call',
        config: SET_SCHEMA,
        example: { key: 'order:((id))', value: { state: '((state))' }, ttlSeconds: 3_600 },
      },
      {
        type: 'redis.publish',
        title: 'Publish',
        description: 'Sends a message to those who listen to a channel',
        kind: 'call',
        config: PUBLISH_SCHEMA,
        example: { channel: 'alarms', payload: { line: '((line))' } },
      },
      {
        type: 'redis.subscribe',
        title: 'Subscribe',
        description: 'Brings the messages of channels while the connection is there',
        kind: 'subscribe',
        config: SUBSCRIBE_SCHEMA,
        example: { channels: ['alarms.*'], usePatterns: true },
      },
    ],
  };

  check = (config: JsonObject) => configProblems(config);

  open(config: JsonObject, context: SessionContext): Promise<RedisSession> {
    return RedisSession.open(config as unknown as RedisConfig, context);
  }
}
