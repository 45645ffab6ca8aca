import { ConnectorError } from '../../calls/connector-error';
import { httpFailure } from '../support/http-failure';
import { saidInOneLine } from '../support/object-store';

/** Codes of the service in words; whatever has another one is told as the service says it. */
const WORDS: Readonly<Record<string, string>> = {
  AuthenticationFailed: 'the key, signature or token is not accepted',
  AuthorizationFailure: 'this is not allowed',
  AuthorizationPermissionMismatch: 'this is not allowed with these credentials',
  AuthorizationResourceTypeMismatch: 'this is not allowed with these credentials',
  BlobAlreadyExists: 'there is such a blob already',
  BlobNotFound: 'there is no such blob',
  ContainerAlreadyExists: 'there is such a container already',
  ContainerBeingDeleted: 'the container is being deleted',
  ContainerNotFound: 'there is no such container',
  InvalidAuthenticationInfo: 'the key, signature or token is not accepted',
  InvalidBlobType: 'the blob is of another type',
  ResourceNotFound: 'there is no such thing',
};

interface AzureAnswer {
  name: string;
  message: string;
  code?: string;
  statusCode?: number;
}

/** Known to the service, and not allowed to do what was asked. */
export const isNotPermitted = (error: unknown): boolean =>
  /^Authorization(Permission|ResourceType)Mismatch$/.test((error as AzureAnswer).code ?? '');

/** What the library throws, in words for people. */
export function failureOf(error: unknown, where: string): Error {
  const { name, message, code = '', statusCode: status } = error as AzureAnswer;
  if (error instanceof ConnectorError || name !== 'RestError') return httpFailure(error, where);
  if (status === undefined || status < 300) return new ConnectorError(`${where}: the answer is not one of Azure`);
  const retryable = status >= 500 || status === 429 || code === 'ContainerBeingDeleted';
  const said = saidBy(code, message, status);
  return new ConnectorError(`${where}: ${said}`, { retryable, details: { status } });
}

function saidBy(code: string, message: string, status: number): string {
  if (Object.hasOwn(WORDS, code)) return `${WORDS[code]} (${code})`;
  // The library's own code for what it cannot read.
  if (code === '' || code === 'PARSE_ERROR') return `the server answered ${status}`;
  // Further lines are ids of the request.
  return `${saidInOneLine(message.split('\n')[0]!)} (${saidInOneLine(code)})`;
}
