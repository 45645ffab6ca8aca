import { ConnectorError } from '../../calls/connector-error';
import { innermost, networkFailure } from '../support/network-failure';
import { saidInOneLine } from '../support/object-store';
import { LOGIN_REFUSED } from './ftp-way';

/** What SFTP servers answer by code (draft-ietf-secsh-filexfer-02, section 7), as far as words help. */
const OF_SFTP: Readonly<Record<number, string>> = {
  2: 'there is no such file or folder',
  3: 'this is not allowed',
  4: 'the server could not do it',
  8: 'the server cannot do that',
};

interface Failure {
  name: string;
  message: string;
  /** A reply of FTP, a status of SFTP, or a code of the network. */
  code?: unknown;
  /** What of SSH failed. */
  level?: string;
}

/** What either library throws, in words for people. */
export function failureOf(error: unknown, where: string): Error {
  if (error instanceof ConnectorError) return located(error, where);
  const known = networkFailure(error, where);
  if (known) return known;
  const { name, message, code, level } = innermost(error) as Failure;
  if (name === 'FTPError' && typeof code === 'number') {
    return new ConnectorError(`${where}: ${saidInOneLine(message)}`, { retryable: code < 500 });
  }
  if (level !== undefined) return ofSsh(level, message, where);
  if (typeof code === 'number' && Object.hasOwn(OF_SFTP, code)) {
    const said = code === 4 && message !== 'Failure' ? `: ${saidInOneLine(message)}` : '';
    return new ConnectorError(`${where}: ${OF_SFTP[code]}${said}`);
  }
  if (/PASV returned another host/.test(message)) {
    return new ConnectorError(`${where}: the server wants its files fetched from another host, which is not done`);
  }
  if (/closed|FIN packet|No response from server|Not connected/i.test(message)) {
    return new ConnectorError(`${where}: the connection was closed before the answer was complete`, {
      retryable: true,
    });
  }
  if (/privateKey|passphrase/i.test(message)) {
    return new ConnectorError(`${where}: privateKey cannot be read, or not with this password`);
  }
  return new ConnectorError(`${where}: ${saidInOneLine(message)}`);
}

function ofSsh(level: string, message: string, where: string): ConnectorError {
  if (level === 'client-authentication') return new ConnectorError(`${where}: ${LOGIN_REFUSED}, or the key is`);
  if (level === 'client-socket' || level === 'client-timeout') {
    return new ConnectorError(`${where}: the connection was closed before the answer was complete`, {
      retryable: true,
    });
  }
  return new ConnectorError(`${where}: SSH failed: ${saidInOneLine(message)}`);
}

/** Those of our own say what, and not where. */
function located(error: ConnectorError, where: string): ConnectorError {
  if (!/^[a-z]/.test(error.message) || error.message.startsWith(where)) return error;
  return new ConnectorError(`${where}: ${error.message}`, { retryable: error.retryable });
}
