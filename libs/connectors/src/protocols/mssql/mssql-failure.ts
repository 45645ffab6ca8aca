import { ConnectorError } from '../../calls/connector-error';

interface ServerError extends Error {
  code?: string;
  number?: number;
  state?: number;
  procName?: string;
  lineNumber?: number;
}

/** Deadlock, lock timeout, and what databases in the cloud say when they are moved or have too much to do. */
const PASSING = new Set([
  1205, 1222, 4060, 10928, 10929, 17142, 18401, 40197, 40501, 40540, 40613, 49918, 49919, 49920,
]);

/** An error of the server or of its client in words for people; undefined for any other. */
export function failureOf(error: unknown, where: string): ConnectorError | undefined {
  const { code = '', number, message = '', lineNumber, procName } = (error ?? {}) as Partial<ServerError>;
  if (number !== undefined && (code === 'EREQUEST' || code === 'ELOGIN')) {
    const details = { number, ...(lineNumber && { line: lineNumber }), ...(procName && { procedure: procName }) };
    return new ConnectorError(`${where}: ${message} (${number})`, { retryable: PASSING.has(number), details });
  }
  if (code === 'ELOGIN') return new ConnectorError(`${where}: ${message}`);
  if (code === 'EENCRYPT') {
    return new ConnectorError(`${where}: the server offers no TLS (tls.mode disable connects without)`);
  }
  if (code === 'ETIMEOUT') return new ConnectorError(`${where}: does not answer`, { retryable: true });
  if (code === 'EINVALIDSTATE' || code === 'ECLOSE' || code === 'ECANCEL') {
    return new ConnectorError(`${where}: the connection was closed before the answer was complete`, {
      retryable: true,
    });
  }
  return code === 'ESOCKET'
    ? new ConnectorError(`${where}: the connection failed: ${message}`, { retryable: true })
    : undefined;
}
