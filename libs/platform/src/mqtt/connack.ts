import type { Duplex } from 'node:stream';

const SHARED_SUBSCRIPTION_AVAILABLE = 0x2a;

/**
 * aedes says in every CONNACK of MQTT 5 that there are no shared subscriptions; with us there are. It writes the packet in
 * the turn in which this is called: its bytes are held back until then, and the one is changed.
 */
export function announceSharedSubscriptions(stream: Duplex): void {
  const chunks: Buffer[] = [];
  stream.write = (chunk: string | Buffer): boolean => {
    chunks.push(Buffer.from(chunk as string));
    return true;
  };
  process.nextTick(() => {
    // The method of its class again.
    delete (stream as Partial<Duplex>).write;
    if (!stream.destroyed) stream.write(withSharedSubscriptions(Buffer.concat(chunks)));
  });
}

/** The property is the first one; it follows flags, reason code and the length of the properties. */
export function withSharedSubscriptions(connack: Buffer): Buffer {
  const afterInteger = (at: number): number => (connack[at]! < 0x80 ? at + 1 : afterInteger(at + 1));
  const at = afterInteger(afterInteger(1) + 2);
  if (connack[at] === SHARED_SUBSCRIPTION_AVAILABLE) connack[at + 1] = 1;
  return connack;
}
