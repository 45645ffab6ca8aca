import { ConnectorError } from '../../calls/connector-error';
import { codeOf, innermost, networkFailure } from './network-failure';

/** An error of HTTP or the network in words for people. The host is named, never an address with its query. */
export function httpFailure(error: unknown, host: string): Error {
  const cause = innermost(error) as Error;
  const code = codeOf(cause) ?? codeOf(error) ?? '';
  if (cause.name === 'HTTPParserError') return new ConnectorError(`${host}: the answer is not HTTP`);
  if (code === 'UND_ERR_HEADERS_OVERFLOW')
    return new ConnectorError(`${host}: the headers of the answer are too large`);
  const known = networkFailure(error, host);
  if (known) return known;
  // What has a code is of the network; anything else is a mistake of ours.
  return code === '' || code === 'UND_ERR_INVALID_ARG'
    ? cause
    : new ConnectorError(`${host}: the request failed (${code})`, { retryable: true });
}
