import { ConnectorError } from '../../calls/connector-error';
import { networkFailure } from '../support/network-failure';

/** Statuses in words for people, as far as the names need them. */
const WORDS: Readonly<Record<string, string>> = {
  BadUserAccessDenied: 'the user or the password is not accepted',
  BadIdentityTokenRejected: 'the user or the password is not accepted',
  BadIdentityTokenInvalid: 'this way to sign in is not accepted',
  BadNodeIdUnknown: 'there is no such node',
  BadNodeIdInvalid: 'the node id is not valid',
  BadNotWritable: 'the node cannot be written',
  BadNotReadable: 'the node cannot be read',
  BadTypeMismatch: 'the value has another type',
  BadMethodInvalid: 'there is no such method',
  BadAttributeIdInvalid: 'the node has no such attribute',
  BadCertificateUntrusted: 'the server does not trust the certificate of this client',
  BadSecurityChecksFailed: 'the server does not accept the certificate of this client',
  BadTimeout: 'no answer in time',
  BadTcpEndpointUrlInvalid: 'the server has no endpoint at this path',
};

/** What may be over the next time. Any other bad status stays until somebody changes something. */
const PASSING =
  /^Bad(Timeout|RequestTimeout|TooMany\w*|Shutdown|ServerHalted|ServerNotConnected|NoCommunication|NotConnected|WaitingForInitialData|OutOfService|DeviceFailure|SensorFailure|CommunicationError|ConnectionClosed|ConnectionRejected|Disconnect|SecureChannel\w*|Session(Closed|IdInvalid|NotActivated)|OutOfMemory|ResourceUnavailable|InternalError|UnexpectedError|OperationAbandoned|InvalidState|TcpServerTooBusy|TcpNotEnoughResources|TcpInternalError)$/;

/** The server has answered with a bad status. */
export function badStatus(status: string, where: string): ConnectorError {
  const words = WORDS[status];
  return new ConnectorError(`${where}: ${words ? `${words} (${status})` : status}`, {
    retryable: PASSING.test(status),
    details: { status },
  });
}

/** Whatever the library failed with, in words for people. */
export function failureOf(error: unknown, where: string): ConnectorError {
  const known = networkFailure(error, where);
  if (known) return known;
  const { message } = error as Error;
  // The library has the status in a text.
  const [status] = /\bBad[A-Z]\w+/.exec(message) ?? [];
  if (status) return badStatus(status, where);
  const code = /\bE(?:CONNREFUSED|CONNRESET|PIPE|TIMEDOUT|HOSTUNREACH)\b/.exec(message)?.[0];
  return (
    (code && networkFailure({ code }, where)) ||
    new ConnectorError(`${where}: ${firstLine(message)}`, { retryable: true })
  );
}

const firstLine = (text: string): string => text.trim().split('\n')[0]!.slice(0, 300);
