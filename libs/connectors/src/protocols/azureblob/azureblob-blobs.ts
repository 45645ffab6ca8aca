import type { BlobItem, BlobPrefix, BlobServiceClient } from '@azure/storage-blob' with { 'resolution-mode': 'import' };
import type { JsonObject } from '../protocol';
import { bytesOf, contentOf, tooLarge } from '../support/file-content';
import { MIB, readBytes } from '../support/http-agent';
import { mediaTypeOf } from '../support/object-store';
import type { AzureBlobFunctionConfig } from './azureblob-config';
import { firstPage, pageOf } from './azureblob-containers';
import { USUAL_LIST } from './azureblob-schemas';
import type { Work } from './azureblob-session';

/** Bytes that the service adds to a blob at once. */
const LARGEST_BLOCK = 4 * MIB;

/** What is done with blobs. @param largest bytes of a content */
export function blobWorks(client: BlobServiceClient, largest: number): Record<string, Work> {
  const at = ({ container, blob }: AzureBlobFunctionConfig) =>
    client.getContainerClient(container).getBlobClient(blob.replace(/^\//, ''));

  return {
    uploadBlob: async (config, abortSignal) => {
      const { container, blob, content, format, contentType, metadata, overwrite = true } = config;
      const bytes = bytesOf(content, format, largest);
      const { etag, versionId } = await at(config)
        .getBlockBlobClient()
        .upload(bytes, bytes.length, {
          abortSignal,
          blobHTTPHeaders: { blobContentType: contentType ?? mediaTypeOf(content, format) },
          ...(metadata && { metadata }),
          ...(!overwrite && { conditions: { ifNoneMatch: '*' } }),
        });
      return { container, blob, size: bytes.length, etag: etag ?? null, versionId: versionId ?? null };
    },

    appendBlob: async (config, abortSignal) => {
      const { container, blob, content, format } = config;
      const bytes = bytesOf(content, format, Math.min(largest, LARGEST_BLOCK));
      const appended = at(config).getAppendBlobClient();
      await appended.createIfNotExists({
        abortSignal,
        blobHTTPHeaders: { blobContentType: mediaTypeOf(content, format) },
      });
      const { blobAppendOffset } = await appended.appendBlock(bytes, bytes.length, { abortSignal });
      return { container, blob, size: Number(blobAppendOffset ?? 0) + bytes.length };
    },

    downloadBlob: async (config, abortSignal) => {
      const { container, blob, format } = config;
      const found = await at(config).download(0, undefined, { abortSignal });
      const body = found.readableStreamBody as NodeJS.ReadableStream & { destroy(): void };
      if ((found.contentLength ?? 0) > largest) {
        body.on('error', () => undefined).destroy();
        throw tooLarge(largest);
      }
      const bytes = await readBytes(body, largest, tooLarge);
      return { container, blob, size: bytes.length, ...aboutOf(found), ...contentOf(bytes, format) };
    },

    getBlobProperties: async (config, abortSignal) => {
      const { container, blob } = config;
      const found = await at(config).getProperties({ abortSignal });
      return { container, blob, size: found.contentLength ?? null, ...aboutOf(found) };
    },

    deleteBlob: async (config, abortSignal) => {
      await at(config).delete({ abortSignal, deleteSnapshots: 'include' });
      return { container: config.container, blob: config.blob };
    },

    listBlobs: async ({ container, prefix, recursive = true, limit = USUAL_LIST, cursor }, abortSignal) => {
      const within = client.getContainerClient(container);
      const options = { abortSignal, ...(prefix && { prefix: prefix.replace(/^\//, '') }) };
      const page = pageOf(limit, cursor);
      const { segment, continuationToken } = recursive
        ? await firstPage(within.listBlobsFlat(options).byPage(page))
        : await firstPage(within.listBlobsByHierarchy('/', options).byPage(page));
      const { blobItems = [], blobPrefixes = [] } = (segment ?? {}) as {
        blobItems?: BlobItem[];
        blobPrefixes?: BlobPrefix[];
      };
      return {
        blobs: blobItems.map(listed),
        folders: blobPrefixes.map(({ name }) => name),
        cursor: continuationToken || null,
      };
    },
  };
}

const listed = ({ name, properties }: BlobItem): JsonObject => ({
  blob: name,
  size: properties?.contentLength ?? null,
  contentType: properties?.contentType ?? null,
  etag: properties?.etag ?? null,
  lastModified: properties?.lastModified?.toISOString() ?? null,
});

interface Answered {
  blobType?: string;
  contentType?: string;
  contentEncoding?: string;
  etag?: string;
  lastModified?: Date;
  metadata?: Record<string, string>;
}

const aboutOf = (answer: Answered): JsonObject => ({
  blobType: answer.blobType ?? null,
  contentType: answer.contentType ?? null,
  contentEncoding: answer.contentEncoding ?? null,
  etag: answer.etag ?? null,
  lastModified: answer.lastModified?.toISOString() ?? null,
  metadata: answer.metadata ?? {},
});
