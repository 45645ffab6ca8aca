import { ConnectorError } from '../../calls/connector-error';
import { httpFailure } from '../support/http-failure';
import { saidInOneLine } from '../support/object-store';

/** Codes of S3 in words; whatever has another one is told as the server says it. */
const WORDS: Readonly<Record<string, string>> = {
  AccessDenied: 'the access key may not do this',
  ExpiredToken: 'the session token has expired',
  InvalidAccessKeyId: 'the access key is not known',
  InvalidToken: 'the session token is not valid',
  NoSuchBucket: 'there is no such bucket',
  NoSuchKey: 'there is no such object',
  PermanentRedirect: 'the bucket is in another region, or wants another endpoint',
  SignatureDoesNotMatch: 'the secret of the access key is wrong',
};

interface S3Answer {
  name: string;
  message: string;
  /** Of what the server has said, and not of an answer that cannot be read. */
  $fault?: string;
  $metadata?: { httpStatusCode?: number };
}

/** What the library throws, in words for people. */
export function failureOf(error: unknown, where: string): Error {
  const { name, message, $fault, $metadata } = error as S3Answer;
  const status = $metadata?.httpStatusCode;
  if (error instanceof ConnectorError || status === undefined) return httpFailure(error, where);
  if (status < 300) return new ConnectorError(`${where}: the answer is not one of S3`);
  const retryable = isPassing(status, name);
  const said = $fault === undefined ? undefined : saidBy(name, message);
  return new ConnectorError(`${where}: ${said ?? `the server answered ${status}`}`, { retryable, details: { status } });
}

function saidBy(name: string, message: string): string | undefined {
  // An answer to HEAD has no body to say more.
  if (name === 'NotFound') return 'there is no such object';
  if (Object.hasOwn(WORDS, name)) return `${WORDS[name]} (${name})`;
  return /^Unknown/.test(message) ? undefined : `${saidInOneLine(message)} (${saidInOneLine(name)})`;
}

const isPassing = (status: number, code: string): boolean =>
  status >= 500 || status === 429 || /^(SlowDown|RequestTimeout|RequestTimeTooSkewed|OperationAborted)$/.test(code);
