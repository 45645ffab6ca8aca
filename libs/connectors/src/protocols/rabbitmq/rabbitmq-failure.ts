import { ConnectorError } from '../../calls/connector-error';
import { networkFailure } from '../support/network-failure';

/** Reply codes (AMQP 0-9-1, section 1.2) that may be others the next time: forced, locked, resources, internal. */
const PASSING: ReadonlySet<number> = new Set([311, 313, 320, 405, 506, 541]);

/** `Channel closed by server: 404 (NOT-FOUND) with message "NOT_FOUND - no queue …"`, as the library writes it. */
const SAID = /[:;] (\d{3}) \([A-Z-]+\) with message "(?:[A-Z_]+ - )?(.*)"/s;

/** Whatever the client library or the network fails with. */
export function failureOf(error: unknown, where: string): ConnectorError {
  const known = networkFailure(error, where);
  if (known) return known;
  const { message } = error as Error;
  const [, code, said] = SAID.exec(message) ?? [];
  if (code !== undefined) {
    return new ConnectorError(`${where}: ${said} (${code})`, { retryable: PASSING.has(Number(code)) });
  }
  // The library gives no more of what the broker said then.
  if (message.startsWith('Expected ConnectionOpenOk')) {
    return new ConnectorError(`${where}: the virtual host is not there, or this user may not use it`);
  }
  const words = WORDS.find(([pattern]) => pattern.test(message))?.[1] ?? 'the connection was closed';
  return new ConnectorError(`${where}: ${words}`, { retryable: true });
}

const WORDS: readonly (readonly [RegExp, string])[] = [
  [/ETIMEDOUT/, 'does not answer'],
  [/heartbeat/i, 'is silent for too long'],
  [/frame|Expected|Unexpected|protocol|Unknown/i, 'the answer is not AMQP 0-9-1'],
];
