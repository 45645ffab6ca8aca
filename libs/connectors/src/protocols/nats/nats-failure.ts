import { ConnectorError } from '../../calls/connector-error';
import { networkFailure } from '../support/network-failure';

interface NatsError extends Error {
  code?: unknown;
  operation?: string;
  subject?: string;
  isNoResponders?: () => boolean;
}

/** Whatever the client library or the network fails with. */
export function failureOf(error: unknown, where: string): ConnectorError {
  const known = networkFailure(error, where);
  if (known) return known;
  const found = error as NatsError;
  const passing = (words: string) => new ConnectorError(`${where}: ${words}`, { retryable: true });
  const lasting = (words: string) => new ConnectorError(`${where}: ${words}`);
  if (found.isNoResponders?.()) return passing('nobody takes messages of this subject');
  switch (found.name) {
    case 'AuthorizationError':
    case 'UserAuthenticationExpiredError':
      return lasting('wrong user name, password or token');
    case 'PermissionViolationError':
      return lasting(`not allowed: ${found.operation} of ${found.subject}`);
    case 'TimeoutError':
      return passing('does not answer');
    case 'NoRespondersError':
      return passing('nobody takes messages of this subject');
    case 'JetStreamNotEnabled':
      return passing('no stream takes messages of this subject, or the server has no JetStream');
    case 'StreamNotFoundError':
    case 'ConsumerNotFoundError':
    case 'JetStreamError':
      return lasting(found.message);
    case 'JetStreamApiError':
      return found.code === 503 ? passing(found.message) : lasting(found.message);
    default:
      if (/does not support 'tls'|'tls' is not available/.test(found.message)) return lasting('offers no TLS');
      if (/unexpected response/.test(found.message)) return passing('the answer is not of NATS');
      return passing('the connection was closed');
  }
}
