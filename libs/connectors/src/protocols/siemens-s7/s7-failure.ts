import { ConnectorError } from '../../calls/connector-error';
import { DeviceRefusal } from '../support/dialogue';
import { networkFailure } from '../support/network-failure';

/** What a PLC says of an item that it does not read or write, and whether time may heal it. */
const CODES: Readonly<Record<number, readonly [says: string, retryable: boolean]>> = {
  0x01: ['the hardware has a fault', true],
  0x03: ['access is not allowed', false],
  0x05: ['there is no such address', false],
  0x06: ['the type is not supported', false],
  0x07: ['the size does not fit', false],
  0x0a: ['there is no such block', false],
};

const hex = (code: number, digits: number): string => `0x${code.toString(16).padStart(digits, '0')}`;

/** An item was refused. */
export function itemRefusal(where: string, code: number): DeviceRefusal {
  const [says, retryable] = CODES[code] ?? ['the PLC refuses this', false];
  return new DeviceRefusal(`${where}: ${says} (${hex(code, 2)})`, { retryable, details: { code } });
}

/** A whole request was refused. Class 0x83 means that there are no resources at the moment. */
export function requestRefusal(where: string, error: number): DeviceRefusal {
  const retryable = error >> 8 === 0x83;
  return new DeviceRefusal(`${where}: the PLC refuses the request (${hex(error, 4)})`, {
    retryable,
    details: { error },
  });
}

export const odd = (where: string): ConnectorError =>
  new ConnectorError(`${where}: the answer does not fit the request`, { retryable: true });

export const failureOf = (error: unknown, where: string): Error => networkFailure(error, where) ?? (error as Error);
