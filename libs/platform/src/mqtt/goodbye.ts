import { generate } from 'mqtt-packet';
import type { BrokerClient } from './aedes-internals';

/** Why a connection ends (MQTT 5, section 3.14). */
export interface Goodbye {
  reasonCode: number;
  properties?: { serverReference: string };
}

/**
 * Ends a connection so that the client hears why, which those of MQTT 5 are told. A socket that is closed while there is
 * anything unread takes back what it has sent last (RFC 1122, section 4.2.2.13), and somebody who goes on sending would hear
 * nothing; so what still comes is read, and dropped, until the client has closed, too. Resolves then.
 */
export function sayGoodbye({ conn, version, closed }: BrokerClient, goodbye: Goodbye): Promise<void> {
  if (closed || conn.destroyed) return Promise.resolve();
  const gone = new Promise<void>((resolve) => conn.once('close', () => resolve()));
  conn.removeAllListeners('readable').resume();
  if (version === 5) conn.end(generate({ cmd: 'disconnect', ...goodbye }, { protocolVersion: 5 }));
  else conn.end();
  return gone;
}
