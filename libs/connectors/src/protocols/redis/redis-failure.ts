import { ConnectorError } from '../../calls/connector-error';
import { networkFailure } from '../support/network-failure';

/** First words of answers that may be others the next time. */
const PASSING = /^(BUSY|CLUSTERDOWN|LOADING|MASTERDOWN|MISCONF|NOREPLICAS|OOM|READONLY|TRYAGAIN)\b/;
/** Characters of what the server says. */
const TOLD = 500;

/** Whatever the client library, the server or the network fails with. */
export function failureOf(error: unknown, where: string): ConnectorError {
  const known = networkFailure(error, where);
  if (known) return known;
  const { name, message } = error as Error;
  if (name === 'ReplyError') {
    if (/^(WRONGPASS|NOAUTH)\b/.test(message) || message.includes('without any password configured')) {
      return new ConnectorError(`${where}: wrong user name or password`);
    }
    return new ConnectorError(`${where}: ${message.slice(0, TOLD)}`, { retryable: PASSING.test(message) });
  }
  const words = name === 'ParserError' ? 'the answer is not of Redis' : 'the connection was closed';
  return new ConnectorError(`${where}: ${words}`, { retryable: true });
}
