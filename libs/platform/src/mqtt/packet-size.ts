import type { BrokerPacket } from './aedes-internals';

const lengthOfInteger = (value: number): number => (value < 128 ? 1 : value < 16_384 ? 2 : value < 2_097_152 ? 3 : 4);

const lengthOfText = (value: unknown): number => 2 + Buffer.byteLength(value as string | Buffer);

/** A property's bytes with its own identifier's byte (MQTT 5, section 3.3.2.3). */
function lengthOfProperty(name: string, value: unknown): number {
  if (value === undefined) return 0;
  switch (name) {
    case 'payloadFormatIndicator':
      return 2;
    case 'messageExpiryInterval':
      return 5;
    case 'subscriptionIdentifier':
      return [value].flat().reduce<number>((sum, id) => sum + 1 + lengthOfInteger(id as number), 0);
    case 'userProperties':
      return Object.entries(value as Record<string, string | string[]>)
        .flatMap(([key, values]) => [values].flat().map((text) => 1 + lengthOfText(key) + lengthOfText(text)))
        .reduce((sum, length) => sum + length, 0);
    default:
      return 1 + lengthOfText(value);
  }
}

/** Bytes of a PUBLISH of MQTT 5 on the wire, fixed header included. */
export function publishBytes({ topic, payload, qos, properties = {} }: BrokerPacket): number {
  const propertyBytes = Object.entries(properties).reduce(
    (sum, [name, value]) => sum + lengthOfProperty(name, value),
    0,
  );
  const rest =
    lengthOfText(topic) + (qos > 0 ? 2 : 0) + lengthOfInteger(propertyBytes) + propertyBytes + payload.length;
  return 1 + lengthOfInteger(rest) + rest;
}
