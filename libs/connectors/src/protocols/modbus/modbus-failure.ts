import { ConnectorError } from '../../calls/connector-error';
import { DeviceRefusal } from '../support/dialogue';
import { networkFailure } from '../support/network-failure';

/** The exceptions of the standard (Modbus Application Protocol 1.1b3, section 7) in words, and whether time may heal them. */
const EXCEPTIONS: Readonly<Record<number, readonly [says: string, retryable: boolean]>> = {
  1: ['the device does not know this function', false],
  2: ['the device has no such address', false],
  3: ['the device refuses the value or the quantity', false],
  4: ['the device failed while it did this', true],
  5: ['the device is still at it', true],
  6: ['the device is busy', true],
  7: ['the device cannot do this now', true],
  8: ['the memory of the device has a parity error', true],
  10: ['the gateway has no way to the unit', true],
  11: ['the unit behind the gateway does not answer', true],
};

/** A device's exception. */
export class ModbusException extends DeviceRefusal {
  constructor(
    where: string,
    readonly exception: number,
  ) {
    const [says, retryable] = EXCEPTIONS[exception] ?? ['the device refuses this', false];
    super(`${where}: ${says} (exception ${exception})`, { retryable, details: { exception } });
  }
}

/** Whatever a request failed with, in words for people. */
export function failureOf(error: unknown, where: string): Error {
  const known = networkFailure(error, where);
  if (known) return known;
  const { modbusCode, code } = error as { modbusCode?: number; code?: unknown };
  if (modbusCode !== undefined) return new ModbusException(where, modbusCode);
  // Errors with a code are those of Node for arguments it cannot take: mistakes of ours.
  if (code !== undefined) return error as Error;
  return new ConnectorError(`${where}: the answer does not fit the request`, { retryable: true });
}
