import type * as Sdk from '@aws-sdk/client-s3';
import type { Agent } from 'undici';
import { readBytes, sendBy, MIB } from '../support/http-agent';
import { httpFailure } from '../support/http-failure';
import type { S3Config } from './s3-config';

export type S3Sdk = typeof Sdk;

/** Bytes of an answer that is no object: lists and errors. */
const LARGEST_TEXT = 10 * MIB;

/** The part of a request that is sent. */
interface SdkRequest {
  method: string;
  protocol: string;
  hostname: string;
  port?: number;
  path: string;
  query?: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body?: Uint8Array | string;
}

/**
 * The library's client, with everything given that it would otherwise look for in the environment, in files of the home
 * directory or at the metadata service: credentials, region, endpoint, proxies, retries.
 */
export function clientOf(sdk: S3Sdk, config: S3Config, agent: Agent): Sdk.S3Client {
  const { accessKeyId, secretAccessKey, sessionToken, endpoint } = config;
  return new sdk.S3Client({
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
    region: config.region ?? 'us-east-1',
    ...(endpoint !== undefined && { endpoint }),
    ignoreConfiguredEndpointUrls: true,
    forcePathStyle: config.pathStyle ?? false,
    requestHandler: handlerOf(agent),
    maxAttempts: 1,
    retryMode: 'standard',
    defaultsMode: 'standard',
    // Many compatible servers do not know the newer checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    authSchemePreference: [],
    sigv4aSigningRegionSet: [],
    disableS3ExpressSessionAuth: false,
    useArnRegion: false,
    useDualstackEndpoint: false,
    useFipsEndpoint: false,
    userAgentAppId: 'MaestroHub',
  });
}

/** Sends by our agent. Of the answers only objects stay streams, which whoever asked bounds; the others are read here. */
function handlerOf(agent: Agent): NonNullable<Sdk.S3ClientConfig['requestHandler']> {
  return {
    metadata: { handlerProtocol: 'http/1.1' },
    updateHttpClientConfig: () => undefined,
    httpHandlerConfigs: () => ({}),
    handle: async (request: SdkRequest, { abortSignal: signal }: { abortSignal?: AbortSignal } = {}) => {
      const { method, headers, body } = request;
      const url = urlOf(request);
      try {
        const answer = await sendBy(agent, { method, url, headers, body, signal });
        return {
          response: {
            statusCode: answer.statusCode,
            headers: plain(answer.headers),
            body: isObject(request, answer.statusCode) ? answer.body : await readBytes(answer.body, LARGEST_TEXT),
          },
        };
      } catch (error) {
        // The library would wrap what it does not know.
        throw httpFailure(error, url.host);
      }
    },
  };
}

const isObject = ({ method, query = {} }: SdkRequest, status: number): boolean =>
  method === 'GET' && status < 300 && !('list-type' in query);

/** The address as it was signed: by RFC 3986, which leaves fewer characters alone than URLs do. */
function urlOf({ protocol, hostname, port, path, query = {} }: SdkRequest): URL {
  const members = Object.keys(query)
    .sort()
    .flatMap((name) => [query[name] ?? ''].flat().map((value) => `${escaped(name)}=${escaped(value)}`));
  const search = members.length > 0 ? `?${members.join('&')}` : '';
  return new URL(`${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}${search}`);
}

const escaped = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`);

const plain = (headers: Record<string, string | string[] | undefined>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value].flat().join(', ')]));
