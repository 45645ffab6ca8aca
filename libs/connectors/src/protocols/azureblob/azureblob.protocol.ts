import { ConnectorError } from '../../calls/connector-error';
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
import { clientOf, tokensOf } from './azureblob-client';
import { configProblems, functionProblems, type AzureBlobConfig } from './azureblob-config';
import * as schemas from './azureblob-schemas';
import { AzureBlobSession } from './azureblob-session';

const call = (
  verb: string,
  title: string,
  description: string,
  config: ObjectSchema,
  example: JsonObject,
): FunctionType => ({
  type: `azureblob.${verb}`,
  title,
  description,
  kind: 'call',
  config,
  example,
  check: functionProblems,
});

const AT = { container: 'reports', blob: '((day))/shift.csv' };

/** Blobs of an Azure storage account. */
@Protocol()
export class AzureBlobProtocol implements Protocol {
  readonly definition: ProtocolDefinition = {
    id: 'azureblob',
    title: 'Azure Blob Storage',
    description: 'Reads and writes blobs and containers of a storage account',
    version: 1,
    verified: true,
    mode: 'request',
    config: schemas.CONNECTION_SCHEMA,
    example: { auth: { type: 'sharedKey', accountName: 'plantnorth', accountKey: 'YSBzZWNyZXQ=' } },
    functions: [
      call('uploadBlob', 'Upload blob', 'Writes a block blob', schemas.UPLOAD_SCHEMA, {
        ...AT,
        content: '((content))',
      }),
      call(
        'appendBlob',
        'Append to blob',
        'Adds to an append blob, which is made where there is none',
        schemas.APPEND_SCHEMA,
        {
          ...AT,
          content: '((line))',
        },
      ),
      call('downloadBlob', 'Download blob', 'Reads a blob', schemas.DOWNLOAD_SCHEMA, AT),
      call('getBlobProperties', 'Blob properties', 'Tells size, type and metadata of a blob', schemas.BLOB_SCHEMA, AT),
      call('listBlobs', 'List blobs', 'Lists blobs by the beginning of their names', schemas.LIST_BLOBS_SCHEMA, {
        container: 'reports',
        prefix: '2026/',
      }),
      call('deleteBlob', 'Delete blob', 'Deletes a blob with its snapshots', schemas.BLOB_SCHEMA, AT),
      call('createContainer', 'Create container', 'Makes a container', schemas.CREATE_CONTAINER_SCHEMA, {
        container: 'reports',
      }),
      call('deleteContainer', 'Delete container', 'Deletes a container with all its blobs', schemas.CONTAINER_SCHEMA, {
        container: 'reports',
      }),
      call('listContainers', 'List containers', 'Lists the containers of the account', schemas.LIST_CONTAINERS_SCHEMA, {
        limit: 100,
      }),
      call('getContainerProperties', 'Container properties', 'Tells about a container', schemas.CONTAINER_SCHEMA, {
        container: 'reports',
      }),
    ],
  };

  check = (config: JsonObject) => configProblems(config);

  async open(config: JsonObject, { outbound }: SessionContext): Promise<AzureBlobSession> {
    const sdk = await import('@azure/storage-blob');
    const given = config as unknown as AzureBlobConfig;
    const timeoutMs = given.timeoutMs ?? DEFAULT_TIMEOUT;
    const agent = httpAgent(outbound, timeoutMs, given.tls);
    const tokens = tokensOf(given.auth, agent, timeoutMs);
    try {
      return new AzureBlobSession(clientOf(sdk, given, agent, tokens), agent, tokens, given);
    } catch {
      // The library's own words may have the secret in them.
      await agent.destroy();
      throw new ConnectorError('The connection string or endpoint cannot be used');
    }
  }
}
