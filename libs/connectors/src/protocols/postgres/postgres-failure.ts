import { DatabaseError } from 'pg';
import { ConnectorError } from '../../calls/connector-error';
import type { JsonObject } from '../protocol';

/** Of SQLSTATE: connections, resources, interventions of the operator, serialization, deadlocks, locks. */
const PASSING = /^(08|53|57|40|55P03)/;

/** What is told of an error beside its message. */
const TOLD = ['severity', 'code', 'detail', 'hint', 'position', 'schema', 'table', 'column', 'constraint'] as const;

/** Errors of the client itself, which have no code. */
const OF_CLIENT: readonly (readonly [message: RegExp, says: string, retryable: boolean])[] = [
  [/does not support SSL/, 'the server offers no TLS (tls.mode disable connects without)', false],
  [/error establishing an SSL connection/, 'the server does not speak this protocol', true],
  [
    /Connection terminated|Connection ended|not queryable/,
    'the connection was closed before the answer was complete',
    true,
  ],
  [
    /^SASL|unknown authentication|Unknown authentication/i,
    'the server asks for the password in a way that fails',
    false,
  ],
];

/** An error of the server or of its client in words for people; undefined for any other. */
export function failureOf(error: unknown, where: string): ConnectorError | undefined {
  if (error instanceof DatabaseError) {
    const { code = '', message } = error;
    if (code === '') return notPostgres(where);
    const retryable = PASSING.test(code);
    return new ConnectorError(`${where}: ${message} (${code})`, { retryable, details: detailsOf(error) });
  }
  const { message = '' } = (error ?? {}) as Partial<Error>;
  const known = OF_CLIENT.find(([pattern]) => pattern.test(message));
  if (known) return new ConnectorError(`${where}: ${known[1]}`, { retryable: known[2] });
  return /^Received unexpected|invalid response/.test(message) ? notPostgres(where) : undefined;
}

const notPostgres = (where: string): ConnectorError =>
  new ConnectorError(`${where}: the server does not speak this protocol`, { retryable: true });

const detailsOf = (error: DatabaseError): JsonObject =>
  Object.fromEntries(TOLD.flatMap((name) => (error[name] === undefined ? [] : [[name, error[name]]])));
