import {
  Protocol,
  type FunctionType,
  type JsonObject,
  type ProtocolDefinition,
  type SessionContext,
} from '../protocol';
import { configProblems, functionProblems, type RestConfig } from './rest-config';
import { encoderAt } from './rest-places';
import { CONNECTION_SCHEMA, READ_SCHEMA, WRITE_SCHEMA } from './rest-schemas';
import { RestSession } from './rest-session';

function verb(method: string, writes: boolean, does: string): FunctionType {
  return {
    type: `rest.${method}`,
    title: method.toUpperCase(),
    description: `${does} by ${method.toUpperCase()}`,
    kind: 'call',
    config: writes ? WRITE_SCHEMA : READ_SCHEMA,
    example: { path: '/orders/((id))', ...(writes && { body: { quantity: '((quantity))' } }) },
    encoderAt,
    check: functionProblems,
  };
}

/** HTTP APIs that speak JSON, and those that do not. */
@Protocol()
export class RestProtocol implements Protocol {
  readonly definition: ProtocolDefinition = {
    id: 'rest',
    title: 'REST',
    description: 'Calls HTTP APIs: API keys, basic authentication, OAuth2 client credentials, mutual TLS',
    version: 1,
    verified: true,
    mode: 'request',
    config: CONNECTION_SCHEMA,
    example: { baseUrl: 'https://mes.example.com/api', auth: { type: 'basic', username: 'hub', password: 'a secret' } },
    functions: [
      verb('get', false, 'Reads'),
      verb('post', true, 'Creates, or does what the server offers,'),
      verb('put', true, 'Replaces'),
      verb('patch', true, 'Changes'),
      verb('delete', true, 'Removes'),
    ],
  };

  check = (config: JsonObject) => configProblems(config);

  open(config: JsonObject, { outbound }: SessionContext): Promise<RestSession> {
    return Promise.resolve(new RestSession(config as unknown as RestConfig, outbound));
  }
}
