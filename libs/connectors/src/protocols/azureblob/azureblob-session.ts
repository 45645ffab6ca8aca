import type { JsonValue } from '#kernel';
import type { BlobServiceClient } from '@azure/storage-blob' with { 'resolution-mode': 'import' };
import type { Agent } from 'undici';
import type { CallOptions, JsonObject, Session } from '../protocol';
import { withinDeadline } from '../support/deadline';
import { largestOf } from '../support/file-content';
import { DEFAULT_TIMEOUT } from '../support/schema';
import type { TokenSource } from '../support/token-source';
import { blobWorks } from './azureblob-blobs';
import { partsOf, type AzureBlobConfig, type AzureBlobFunctionConfig } from './azureblob-config';
import { containerWorks } from './azureblob-containers';
import { failureOf, isNotPermitted } from './azureblob-failure';

/** Milliseconds. */
const LONGEST_CHECK = 10_000;

/** What a function type does. */
export type Work = (config: AzureBlobFunctionConfig, abortSignal: AbortSignal) => Promise<JsonObject>;

/** Containers and blobs of one storage account. */
export class AzureBlobSession implements Session {
  private readonly works: Readonly<Record<string, Work>>;
  private readonly where: string;

  constructor(
    private readonly client: BlobServiceClient,
    private readonly agent: Agent,
    private readonly tokens: TokenSource | undefined,
    private readonly config: AzureBlobConfig,
  ) {
    this.where = new URL(client.url).host;
    this.works = { ...containerWorks(client), ...blobWorks(client, largestOf(config)) };
  }

  call(functionType: string, config: JsonObject, { signal, timeoutMs }: CallOptions): Promise<JsonValue> {
    const work = this.works[functionType.split('.')[1]!]!;
    const limit = timeoutMs ?? this.config.timeoutMs ?? DEFAULT_TIMEOUT;
    return this.within(limit, signal, (limited) => work(config as unknown as AzureBlobFunctionConfig, limited));
  }

  async check(signal: AbortSignal): Promise<void> {
    const limit = Math.min(this.config.timeoutMs ?? DEFAULT_TIMEOUT, LONGEST_CHECK);
    await this.within(limit, signal, async (abortSignal) => {
      try {
        await this.client.listContainers({ abortSignal }).byPage({ maxPageSize: 1 }).next();
      } catch (error) {
        // A signature for some blobs is let in, though it may not list.
        if (!isNotPermitted(error)) throw error;
      }
    });
  }

  secrets = (): readonly string[] => {
    const parts = partsOf(this.config.auth.connectionString ?? '');
    const inString = ['AccountKey', 'SharedAccessSignature'].flatMap((name) => parts.get(name) ?? []);
    const signature = new URLSearchParams(parts.get('SharedAccessSignature')).get('sig');
    return [...inString, ...(signature ? [signature] : []), ...(this.tokens?.given ?? [])];
  };

  close(): Promise<void> {
    return this.agent.destroy();
  }

  private async within<T>(
    timeoutMs: number,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    try {
      return await withinDeadline({ timeoutMs, signal, where: this.where }, work);
    } catch (error) {
      // The next call asks for another token.
      if ((error as { statusCode?: number }).statusCode === 401) this.tokens?.forgetCurrent();
      throw failureOf(error, this.where);
    }
  }
}
