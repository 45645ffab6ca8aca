/*
 * Numbers of machines as JSON has them.
 */

/** The shortest decimal that is the same 32-bit float: 0.1 instead of 0.10000000149011612. Null where JSON has no such number. */
export function ofFloat32(value: number): number | null {
  if (!Number.isFinite(value)) return null;
  for (let digits = 6; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return short;
  }
  return value;
}

export const ofFloat64 = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** A number where it is exact, its digits as text where it is not. */
export const ofBigInt = (value: bigint): number | string =>
  Number.isSafeInteger(Number(value)) ? Number(value) : String(value);

/** A whole number from a number or its digits; undefined for anything else. */
export function toBigInt(value: unknown): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined;
  return typeof value === 'string' && /^-?\d{1,20}$/.test(value) ? BigInt(value) : undefined;
}

/** Without what binary fractions add to a decimal calculation: 0.3 instead of 0.30000000000000004. */
export const decimal = (value: number): number => Number(value.toPrecision(15));
