import {
  Protocol,
  type FunctionType,
  type JsonObject,
  type ObjectSchema,
  type ProtocolDefinition,
  type SessionContext,
} from '../protocol';
import { httpAgent } from '../support/http-agent';
import { DEFAULT_TIMEOUT } from '../support/schema';
import { clientOf } from './s3-client';
import { configProblems, functionProblems, type S3Config } from './s3-config';
import { CONNECTION_SCHEMA, GET_SCHEMA, LIST_SCHEMA, ONE_SCHEMA, PUT_SCHEMA } from './s3-schemas';
import { S3Session } from './s3-session';

const call = (
  verb: string,
  title: string,
  description: string,
  config: ObjectSchema,
  example: JsonObject,
): FunctionType => ({ type: `s3.${verb}`, title, description, kind: 'call', config, example, check: functionProblems });

/** Buckets of Amazon S3 and of servers that speak like it. */
@Protocol()
export class S3Protocol implements Protocol {
  readonly definition: ProtocolDefinition = {
    id: 's3',
    title: 'S3',
    description: 'Reads and writes objects of a bucket: Amazon S3, and servers that are compatible with it',
    version: 1,
    verified: true,
    mode: 'request',
    config: CONNECTION_SCHEMA,
    example: {
      region: 'eu-central-1',
      bucket: 'plant-reports',
      prefix: 'north',
      accessKeyId: 'AKIAEXAMPLE',
      secretAccessKey: 'a secret',
    },
    functions: [
      call('getObject', 'Get object', 'Reads an object', GET_SCHEMA, { key: 'reports/((day)).csv' }),
      call('putObject', 'Put object', 'Writes an object, in place of the one there is', PUT_SCHEMA, {
        key: 'reports/((day)).json',
        content: '((report))',
      }),
      call('listObjects', 'List objects', 'Lists objects by the beginning of their keys', LIST_SCHEMA, {
        prefix: 'reports/',
        limit: 100,
      }),
      call('deleteObject', 'Delete object', 'Deletes an object; one that is not there is no failure', ONE_SCHEMA, {
        key: 'reports/((day)).csv',
      }),
      call('headObject', 'Head object', 'Tells size, type and metadata of an object', ONE_SCHEMA, {
        key: 'reports/((day)).csv',
      }),
    ],
  };

  check = (config: JsonObject) => configProblems(config);

  async open(config: JsonObject, { outbound }: SessionContext): Promise<S3Session> {
    const sdk = await import('@aws-sdk/client-s3');
    const given = config as unknown as S3Config;
    const agent = httpAgent(outbound, given.timeoutMs ?? DEFAULT_TIMEOUT, given.tls);
    return new S3Session(sdk, clientOf(sdk, given, agent), agent, given);
  }
}
