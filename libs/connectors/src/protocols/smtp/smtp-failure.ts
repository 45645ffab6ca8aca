import { ConnectorError } from '../../calls/connector-error';
import { networkFailure } from '../support/network-failure';
import { saidInOneLine } from '../support/object-store';

interface Failure {
  message: string;
  /** The library's own: EAUTH, EENVELOPE… */
  code?: string;
  /** Of the network, where the library has put its own in that place. */
  originalCode?: string;
  /** What the server said. */
  response?: string;
  responseCode?: number;
}

const LOST = 'the connection was closed before the answer was complete';

/** What the library throws, in words for people. */
export function failureOf(error: unknown, where: string): Error {
  const { message, code = '', originalCode, response, responseCode } = error as Failure;
  const known = networkFailure(originalCode === undefined ? error : { message, code: originalCode }, where);
  if (known && code !== 'EPROTOCOL') return known;
  const retryable = responseCode !== undefined && responseCode < 500;
  const said = response === undefined ? '' : ` (${saidInOneLine(response)})`;
  switch (code) {
    case 'EAUTH':
      return new ConnectorError(`${where}: the user name or password is not accepted${said}`, { retryable });
    case 'ETLS':
      return new ConnectorError(`${where}: TLS failed: ${saidInOneLine(message).replace(/^Error .*? - /, '')}`);
    case 'EPROTOCOL':
      if (responseCode === undefined) return new ConnectorError(`${where}: the answer is not SMTP`);
      return new ConnectorError(`${where}: the server refused it${said}`, { retryable });
    case 'ECONNECTION':
    case 'ESOCKET':
    case 'ETIMEDOUT':
      if (responseCode === undefined) return new ConnectorError(`${where}: ${LOST}`, { retryable: true });
  }
  if (response !== undefined) return new ConnectorError(`${where}: the server refused it${said}`, { retryable });
  // What has a code is of the library; anything else is a mistake of ours.
  return code === '' ? (error as Error) : new ConnectorError(`${where}: ${saidInOneLine(message)}`);
}
