import { ConnectorError } from '../../calls/connector-error';
import { OutboundRefused } from '../../outbound';

const OF_TLS = /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH)/;

/** What happened, by the codes of Node and undici; all of these may be over the next time. */
const PASSING: readonly (readonly [code: RegExp, says: string])[] = [
  [/^ECONNREFUSED$/, 'the connection was refused'],
  [/^(ENOTFOUND|EAI_\w+|ENODATA)$/, 'the name is not known'],
  [/^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN)$/, 'cannot be reached'],
  [/^(UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT)$/, 'does not answer'],
  [
    /^(ECONNRESET|EPIPE|UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH|UND_ERR_ABORTED|UND_ERR_CLOSED|UND_ERR_DESTROYED)$/,
    'the connection was closed before the answer was complete',
  ],
];

/** An error of the network in words for people. The host is named, never an address with its query. */
export function failureOf(error: unknown, host: string): Error {
  if (error instanceof ConnectorError) return error;
  const cause = innermost(error) as Error;
  if (cause instanceof OutboundRefused) return new ConnectorError(cause.message);
  const code = codeOf(cause) ?? codeOf(error) ?? '';
  if (OF_TLS.test(code))
    return new ConnectorError(`${host}: TLS failed: ${cause.message.split(/[;\n]/)[0]!} (${code})`);
  if (cause.name === 'HTTPParserError') return new ConnectorError(`${host}: the answer is not HTTP`);
  if (code === 'UND_ERR_HEADERS_OVERFLOW')
    return new ConnectorError(`${host}: the headers of the answer are too large`);
  const passing = PASSING.find(([pattern]) => pattern.test(code));
  if (passing) return new ConnectorError(`${host}: ${passing[1]}`, { retryable: true });
  // What has a code is of the network; anything else is a mistake of ours.
  return code === '' || code === 'UND_ERR_INVALID_ARG'
    ? cause
    : new ConnectorError(`${host}: the request failed (${code})`, { retryable: true });
}

const codeOf = (error: unknown): string | undefined => {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
};

/** Where several addresses were tried, the first of their errors; where one error brought another, that. */
function innermost(error: unknown): unknown {
  const { errors, cause } = (error ?? {}) as { errors?: unknown; cause?: unknown };
  if (Array.isArray(errors) && errors.length > 0) return errors[0];
  return cause ? innermost(cause) : error;
}
