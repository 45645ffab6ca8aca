import type { FieldProblem, JsonValue } from '#kernel';
import type { JsonObject } from '../protocol';
import type { ContentFormat } from '../support/file-content';
import { pathProblems } from '../support/file-path';
import { urlProblems } from '../support/http-url';
import { metadataProblems, typeProblems } from '../support/object-store';
import { tlsProblems, type TlsConfig } from '../support/tls';

/** A connection's config, secrets included. */
export interface S3Config {
  region?: string;
  bucket: string;
  prefix?: string;
  accessKeyId: string;
  secretAccessKey: string;
  sessionToken?: string;
  endpoint?: string;
  pathStyle?: boolean;
  serverSideEncryption?: 'none' | 'AES256' | 'aws:kms';
  kmsKeyId?: string;
  maxFileMb?: number;
  listLimit?: number;
  timeoutMs?: number;
  tls?: TlsConfig;
}

/** A function's config with its parameters put in; each type has some of these. */
export interface S3FunctionConfig {
  key: string;
  format?: ContentFormat;
  content: JsonValue;
  contentType?: string;
  metadata?: Record<string, string>;
  prefix?: string;
  recursive?: boolean;
  limit?: number;
  cursor?: string;
}

/** A name that can be part of an HTTP header, in lower case as S3 gives them back. */
const METADATA_NAME = {
  pattern: /^[a-z0-9][a-z0-9_.-]{0,99}$/,
  says: 'lower-case letters, digits, dots, hyphens and _',
};

export function configProblems(config: JsonObject): FieldProblem[] {
  const { endpoint, prefix, kmsKeyId, serverSideEncryption, tls } = config as unknown as S3Config;
  return [
    ...(endpoint === undefined ? [] : urlProblems('endpoint', endpoint, 'accessKeyId')),
    ...pathProblems('prefix', prefix),
    ...(kmsKeyId !== undefined && serverSideEncryption !== 'aws:kms'
      ? [{ field: 'kmsKeyId', message: 'kmsKeyId is for serverSideEncryption aws:kms' }]
      : []),
    ...tlsProblems(tls),
  ];
}

export function functionProblems(config: JsonObject): FieldProblem[] {
  const { key, prefix, contentType, metadata } = config as unknown as Partial<S3FunctionConfig>;
  return [
    ...pathProblems('key', key, true),
    ...pathProblems('prefix', prefix),
    ...typeProblems(contentType),
    ...metadataProblems(metadata, METADATA_NAME),
  ];
}
