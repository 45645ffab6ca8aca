import { isIP, isIPv4 } from 'node:net';
import { ValidateBy, type ValidationOptions } from 'class-validator';

/** An address, or a network in CIDR (RFC 4632, RFC 4291): `10.4.0.0/16`. */
export function isNetwork(value: unknown): boolean {
  if (typeof value !== 'string') return false;
  const [address = '', bits, ...more] = value.split('/');
  if (isIP(address) === 0 || address.includes('%') || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (isIPv4(address) ? 32 : 128));
}

export const IsNetwork = (options?: ValidationOptions): PropertyDecorator =>
  ValidateBy(
    {
      name: 'isNetwork',
      validator: {
        validate: isNetwork,
        defaultMessage: (given) => `${given?.property ?? 'it'} must be addresses or networks such as 10.4.0.0/16`,
      },
    },
    options,
  );
