import type * as Sdk from '@azure/storage-blob' with { 'resolution-mode': 'import' };
import type { Agent } from 'undici';
import { ConnectorError } from '../../calls/connector-error';
import { withinDeadline } from '../support/deadline';
import { MIB, readBytes, sendBy } from '../support/http-agent';
import { httpFailure } from '../support/http-failure';
import { TokenSource } from '../support/token-source';
import { endpointOf, type AzureAuth, type AzureBlobConfig } from './azureblob-config';

export type AzureSdk = typeof Sdk;

/** What the library takes as a credential that gives tokens. */
interface BearerCredential {
  getToken(
    scopes: string | string[],
    options?: { abortSignal?: unknown },
  ): Promise<{ token: string; expiresOnTimestamp: number }>;
}

/** Bytes of an answer that is no blob: lists, errors and tokens. */
const LARGEST_TEXT = 10 * MIB;

/** The library's client, without its retries, its way around proxies and its redirects: requests go by our agent. */
export function clientOf(
  sdk: AzureSdk,
  config: AzureBlobConfig,
  agent: Agent,
  tokens: TokenSource | undefined,
): Sdk.BlobServiceClient {
  const { type, accountName, accountKey, connectionString } = config.auth;
  const options: Sdk.StoragePipelineOptions = {
    httpClient: httpClientOf(agent),
    retryOptions: { maxTries: 1 },
    userAgentOptions: { userAgentPrefix: 'MaestroHub' },
  };
  if (type === 'connectionString') return sdk.BlobServiceClient.fromConnectionString(connectionString!, options);
  const credential = tokens ? bearerOf(tokens) : new sdk.StorageSharedKeyCredential(accountName!, accountKey!);
  return new sdk.BlobServiceClient(endpointOf(config), credential, options);
}

/** The library would keep tokens as well: those that end at once are asked for again, of ours. */
const bearerOf = (tokens: TokenSource): BearerCredential => ({
  getToken: async (_, { abortSignal } = {}) => ({
    token: await tokens.token((abortSignal as AbortSignal | undefined) ?? new AbortController().signal),
    expiresOnTimestamp: Date.now(),
  }),
});

/** Tokens of Microsoft Entra ID for an application. */
export function tokensOf(auth: AzureAuth, agent: Agent, timeoutMs: number): TokenSource | undefined {
  if (auth.type !== 'oauth2') return undefined;
  const { authority = 'https://login.microsoftonline.com', tenantId, clientId, clientSecret } = auth;
  const tokenUrl = `${authority.replace(/\/+$/, '')}/${tenantId}/oauth2/v2.0/token`;
  const client = {
    tokenUrl,
    clientId: clientId!,
    clientSecret: clientSecret!,
    scope: 'https://storage.azure.com/.default',
    clientAuthentication: 'body' as const,
  };
  return new TokenSource(client, async (request) => {
    const { host } = request.url;
    try {
      return await withinDeadline({ timeoutMs, where: host }, async (signal) => {
        const { statusCode, body } = await sendBy(agent, { ...request, signal });
        return { status: statusCode, body: await readBytes(body, LARGEST_TEXT) };
      });
    } catch (error) {
      throw httpFailure(error, host);
    }
  });
}

/** Blobs that are read stay streams, which whoever asked bounds; the other answers are read here. */
function httpClientOf(agent: Agent): Sdk.IHttpClient {
  return {
    sendRequest: async (request) => {
      const url = new URL(request.url);
      const { method, abortSignal, streamResponseStatusCodes: streamed } = request;
      const body = request.body as Buffer | string | undefined;
      const signal = abortSignal as AbortSignal | undefined;
      const headers = request.headers.toJson({ preserveCase: true });
      try {
        const answer = await sendBy(agent, {
          method,
          url,
          headers,
          body,
          signal,
        });
        const { statusCode: status } = answer;
        if (status >= 300 && status < 400 && status !== 304) {
          throw new ConnectorError(`${url.host}: a redirect is not followed`);
        }
        const isStream = streamed?.has(status) === true || streamed?.has(Infinity) === true;
        return {
          request,
          status,
          // All that is asked of them.
          headers: { toJson: () => plain(answer.headers) } as unknown as Sdk.HttpHeaders,
          ...(isStream
            ? { readableStreamBody: answer.body }
            : { bodyAsText: (await readBytes(answer.body, LARGEST_TEXT)).toString() }),
        };
      } catch (error) {
        throw httpFailure(error, url.host);
      }
    },
  };
}

const plain = (headers: Record<string, string | string[] | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]));
