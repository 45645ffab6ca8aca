import type { BlobServiceClient } from '@azure/storage-blob' with { 'resolution-mode': 'import' };
import { ConnectorError } from '../../calls/connector-error';
import { USUAL_LIST } from './azureblob-schemas';
import type { Work } from './azureblob-session';

/** What is done with containers. */
export function containerWorks(client: BlobServiceClient): Record<string, Work> {
  return {
    createContainer: async ({ container, metadata }, abortSignal) => {
      const options = { abortSignal, ...(metadata && { metadata }) };
      const { etag } = await client.getContainerClient(container).create(options);
      return { container, etag: etag ?? null };
    },

    deleteContainer: async ({ container }, abortSignal) => {
      await client.getContainerClient(container).delete({ abortSignal });
      return { container };
    },

    getContainerProperties: async ({ container }, abortSignal) => {
      const found = await client.getContainerClient(container).getProperties({ abortSignal });
      return {
        container,
        etag: found.etag ?? null,
        lastModified: found.lastModified?.toISOString() ?? null,
        publicAccess: found.blobPublicAccess ?? null,
        leaseState: found.leaseState ?? null,
        metadata: found.metadata ?? {},
      };
    },

    listContainers: async ({ prefix, limit = USUAL_LIST, cursor }, abortSignal) => {
      const options = { abortSignal, ...(prefix && { prefix }) };
      const page = await firstPage(client.listContainers(options).byPage(pageOf(limit, cursor)));
      const containers = (page.containerItems ?? []).map(({ name, properties }) => ({
        container: name,
        etag: properties?.etag ?? null,
        lastModified: properties?.lastModified?.toISOString() ?? null,
      }));
      return { containers, cursor: page.continuationToken || null };
    },
  };
}

export const pageOf = (limit: number, cursor: string | undefined) => ({
  maxPageSize: limit,
  ...(cursor !== undefined && { continuationToken: cursor }),
});

/** There always is one, if an empty one. @throws ConnectorError for an answer that is no list. */
export async function firstPage<T extends { serviceEndpoint: string }>(pages: AsyncIterableIterator<T>): Promise<T> {
  const { value } = (await pages.next().catch(noList)) as IteratorYieldResult<T>;
  if (value.serviceEndpoint === undefined) throw noList();
  return value;
}

/** The library stumbles over members that it takes for granted. */
function noList(error?: unknown): Error {
  if (error !== undefined && (error as Error).name !== 'TypeError') throw error as Error;
  throw new ConnectorError('The answer is not a list of Azure');
}
