import { ConnectorError } from '../../calls/connector-error';
import { OutboundRefused } from '../../outbound';

const OF_TLS = /^(ERR_TLS|ERR_SSL|EPROTO|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH)/;

/** What happened, by Node's codes and undici's; all of these may be over the next time. */
const PASSING: readonly (readonly [code: RegExp, says: string])[] = [
  [/^ECONNREFUSED$/, 'the connection was refused'],
  [/^(ENOTFOUND|EAI_\w+|ENODATA)$/, 'the name is not known'],
  [/^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN)$/, 'cannot be reached'],
  [/^(UND_ERR_CONNECT_TIMEOUT|ETIMEDOUT)$/, 'does not answer'],
  [
    /^(ECONNRESET|EPIPE|ERR_STREAM_DESTROYED|ERR_SOCKET_CLOSED\w*|UND_ERR_SOCKET|UND_ERR_RES_CONTENT_LENGTH_MISMATCH|UND_ERR_ABORTED|UND_ERR_CLOSED|UND_ERR_DESTROYED)$/,
    'the connection was closed before the answer was complete',
  ],
];

/**
 * A failure of names, sockets, TLS or outbound rules in words for people; undefined for one of the protocol itself. `where`
 * is host and port, never an address with credentials or a query.
 */
export function networkFailure(error: unknown, where: string): ConnectorError | undefined {
  if (error instanceof ConnectorError) return error;
  const cause = innermost(error) as Error | undefined;
  if (cause instanceof OutboundRefused) return new ConnectorError(cause.message);
  const code = codeOf(cause) ?? codeOf(error) ?? '';
  if (OF_TLS.test(code)) {
    return new ConnectorError(`${where}: TLS failed: ${cause!.message.split(/[;\n]/)[0]!} (${code})`);
  }
  const passing = PASSING.find(([pattern]) => pattern.test(code));
  return passing && new ConnectorError(`${where}: ${passing[1]}`, { retryable: true });
}

export const codeOf = (error: unknown): string | undefined => {
  const code = (error as { code?: unknown } | undefined)?.code;
  return typeof code === 'string' ? code : undefined;
};

/** Where several addresses were tried, the first of their errors; where one error brought another, that. */
export function innermost(error: unknown): unknown {
  const { errors, cause } = (error ?? {}) as { errors?: unknown; cause?: unknown };
  if (Array.isArray(errors) && errors.length > 0) return errors[0];
  return cause ? innermost(cause) : error;
}
