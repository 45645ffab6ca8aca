import type { JsonValue } from '#kernel';
import type { S3Client } from '@aws-sdk/client-s3';
import type { Agent } from 'undici';
import { ConnectorError } from '../../calls/connector-error';
import type { CallOptions, JsonObject, Session } from '../protocol';
import { withinDeadline } from '../support/deadline';
import { bytesOf, contentOf, largestOf, tooLarge } from '../support/file-content';
import { baseOf, underBase } from '../support/file-path';
import { readBytes } from '../support/http-agent';
import { mediaTypeOf } from '../support/object-store';
import { DEFAULT_TIMEOUT } from '../support/schema';
import type { S3Sdk } from './s3-client';
import type { S3Config, S3FunctionConfig } from './s3-config';
import { failureOf } from './s3-failure';
import { USUAL_LIST } from './s3-schemas';

/** Milliseconds. */
const LONGEST_CHECK = 10_000;
/** Keys that a server gives at once. */
const PAGE = 1_000;

type Work = (config: S3FunctionConfig, signal: AbortSignal) => Promise<JsonObject>;

/** Objects of one bucket below one prefix. */
export class S3Session implements Session {
  private readonly base: string;
  private readonly where: string;
  private readonly largest: number;

  constructor(
    private readonly sdk: S3Sdk,
    private readonly client: S3Client,
    private readonly agent: Agent,
    private readonly config: S3Config,
  ) {
    this.base = baseOf(config.prefix);
    this.where = hostOf(config);
    this.largest = largestOf(config);
  }

  call(functionType: string, config: JsonObject, { signal, timeoutMs }: CallOptions): Promise<JsonValue> {
    const works: Record<string, Work> = {
      's3.getObject': this.get,
      's3.putObject': this.put,
      's3.listObjects': this.list,
      's3.deleteObject': this.delete,
      's3.headObject': this.head,
    };
    const limit = timeoutMs ?? this.config.timeoutMs ?? DEFAULT_TIMEOUT;
    return this.within(limit, signal, (limited) =>
      works[functionType]!(config as unknown as S3FunctionConfig, limited),
    );
  }

  /** Lists, since credentials may know of nothing but their prefix. */
  async check(signal: AbortSignal): Promise<void> {
    const limit = Math.min(this.config.timeoutMs ?? DEFAULT_TIMEOUT, LONGEST_CHECK);
    await this.within(limit, signal, (limited) => this.page({ Prefix: this.base, MaxKeys: 1 }, limited));
  }

  close(): Promise<void> {
    this.client.destroy();
    return this.agent.destroy();
  }

  private readonly get: Work = async ({ key, format }, abortSignal) => {
    const answer = await this.client.send(new this.sdk.GetObjectCommand(this.at(key)), { abortSignal });
    const body = answer.Body as unknown as AsyncIterable<unknown>;
    if ((answer.ContentLength ?? 0) > this.largest) {
      await (body as unknown as AsyncDisposable)[Symbol.asyncDispose]();
      throw tooLarge(this.largest);
    }
    const bytes = await readBytes(body, this.largest, tooLarge);
    return { key, size: bytes.length, ...aboutOf(answer), ...contentOf(bytes, format) };
  };

  private readonly put: Work = async ({ key, content, format, contentType, metadata }, abortSignal) => {
    const bytes = bytesOf(content, format, this.largest);
    const { serverSideEncryption: encryption = 'none', kmsKeyId } = this.config;
    const command = new this.sdk.PutObjectCommand({
      ...this.at(key),
      Body: bytes,
      ContentLength: bytes.length,
      ContentType: contentType ?? mediaTypeOf(content, format),
      ...(metadata && { Metadata: metadata }),
      ...(encryption !== 'none' && { ServerSideEncryption: encryption }),
      ...(kmsKeyId !== undefined && { SSEKMSKeyId: kmsKeyId }),
    });
    const answer = await this.client.send(command, { abortSignal });
    return { key, size: bytes.length, etag: answer.ETag ?? null, versionId: answer.VersionId ?? null };
  };

  private readonly delete: Work = async ({ key }, abortSignal) => {
    await this.client.send(new this.sdk.DeleteObjectCommand(this.at(key)), { abortSignal });
    return { key };
  };

  private readonly head: Work = async ({ key }, abortSignal) => {
    const answer = await this.client.send(new this.sdk.HeadObjectCommand(this.at(key)), { abortSignal });
    return { key, size: answer.ContentLength ?? null, ...aboutOf(answer) };
  };

  private readonly list: Work = async ({ prefix = '', recursive = true, limit, cursor }, signal) => {
    const most = Math.min(limit ?? Infinity, this.config.listLimit ?? USUAL_LIST);
    const objects: JsonObject[] = [];
    const folders: string[] = [];
    let next = cursor;
    do {
      const answer = await this.page(
        {
          Prefix: underBase(this.base, prefix),
          MaxKeys: Math.min(PAGE, most - objects.length - folders.length),
          ...(!recursive && { Delimiter: '/' }),
          ...(next !== undefined && { ContinuationToken: next }),
        },
        signal,
      );
      for (const { Key, Size, ETag, LastModified } of answer.Contents ?? []) {
        if (Key === undefined) continue;
        objects.push({
          key: this.told(Key),
          size: Size ?? null,
          etag: ETag ?? null,
          lastModified: LastModified?.toISOString() ?? null,
        });
      }
      for (const { Prefix } of answer.CommonPrefixes ?? []) if (Prefix !== undefined) folders.push(this.told(Prefix));
      const following = answer.IsTruncated === true ? answer.NextContinuationToken : undefined;
      if (following !== undefined && following === next)
        throw new ConnectorError(`${this.where}: the list does not end`);
      next = following;
    } while (next !== undefined && objects.length + folders.length < most);
    return { objects, folders, cursor: next ?? null };
  };

  private page(input: object, abortSignal: AbortSignal) {
    return this.client.send(new this.sdk.ListObjectsV2Command({ Bucket: this.config.bucket, ...input }), {
      abortSignal,
    });
  }

  private at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.config.bucket, Key: underBase(this.base, key) };
  }

  /** A key of the bucket as functions name it. */
  private told(key: string): string {
    if (!key.startsWith(this.base)) throw new ConnectorError(`${this.where}: the list has keys outside of the prefix`);
    return key.slice(this.base.length);
  }

  private async within<T>(
    timeoutMs: number,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    try {
      return await withinDeadline({ timeoutMs, signal, where: this.where }, work);
    } catch (error) {
      throw failureOf(error, this.where);
    }
  }
}

interface Answered {
  ContentType?: string;
  ETag?: string;
  LastModified?: Date;
  Metadata?: Record<string, string>;
  VersionId?: string;
  ContentEncoding?: string;
}

const aboutOf = (answer: Answered): JsonObject => ({
  contentType: answer.ContentType ?? null,
  contentEncoding: answer.ContentEncoding ?? null,
  etag: answer.ETag ?? null,
  lastModified: answer.LastModified?.toISOString() ?? null,
  metadata: answer.Metadata ?? {},
  versionId: answer.VersionId ?? null,
});

/** Host and port, as messages name them. */
const hostOf = ({ endpoint, region = 'us-east-1' }: S3Config): string =>
  endpoint === undefined ? `s3.${region}.amazonaws.com` : new URL(endpoint).host;
