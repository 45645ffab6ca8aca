import { ConnectorError } from '../../calls/connector-error';
import { networkFailure } from '../support/network-failure';

/** Reason codes (MQTT 5, section 2.4; below 0x80: return codes of 3.1.1) that may be others the next time. */
const PASSING: ReadonlySet<number> = new Set([0x03, 0x80, 0x83, 0x88, 0x89, 0x8b, 0x8d, 0x8e, 0x97, 0x98, 0x9f, 0xa0]);

const WORDS: ReadonlyMap<number, string> = new Map([
  [0x01, 'it does not speak this version of MQTT'],
  [0x02, 'it does not take this client id'],
  [0x03, 'it is not available'],
  [0x04, 'wrong user name or password'],
  [0x05, 'not authorized: the user, its password or its rights'],
  [0x80, 'it refuses and gives no reason'],
  [0x84, 'it does not speak this version of MQTT'],
  [0x85, 'it does not take this client id'],
  [0x86, 'wrong user name or password'],
  [0x87, 'not authorized: the user, its password or its rights'],
  [0x88, 'it is not available'],
  [0x89, 'it is busy'],
  [0x8a, 'this client is banned'],
  [0x8b, 'it is shutting down'],
  [0x8d, 'it heard nothing within the keep-alive time'],
  [0x8e, 'another client has connected with this client id'],
  [0x8f, 'it does not take this filter'],
  [0x90, 'it does not take this topic'],
  [0x95, 'the message is larger than it takes'],
  [0x97, 'a quota is exceeded'],
  [0x9a, 'it keeps no retained messages'],
  [0x9b, 'it does not offer this quality of service'],
]);

/** What the broker said by a reason code. */
export function refusalOf(code: number, where: string): ConnectorError {
  const words = WORDS.get(code) ?? `it refuses with code 0x${code.toString(16).padStart(2, '0')}`;
  return new ConnectorError(`${where}: ${words}`, { retryable: PASSING.has(code) });
}

/** Whatever the client library or the network fails with. */
export function failureOf(error: unknown, where: string): ConnectorError {
  const known = networkFailure(error, where);
  if (known) return known;
  const { code, message } = error as { code?: unknown; message: string };
  if (typeof code === 'number') return refusalOf(code, where);
  // mqtt-packet fails on what it cannot read, mqtt.js on packets that come at the wrong time.
  if (/^(Invalid|Malformed|Cannot parse|Packet|Protocol error|Not supported|Wrong|exceeding)/i.test(message)) {
    return new ConnectorError(`${where}: the answer is not MQTT`, { retryable: true });
  }
  return new ConnectorError(`${where}: the connection was closed`, { retryable: true });
}
