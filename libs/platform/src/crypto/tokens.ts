import { hash, randomBytes } from 'node:crypto';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
/** 62^43 > 2^256: enough digits for 32 bytes. */
const DIGITS = 43;

/** An unguessable text of 43 characters: 32 random bytes in base62. */
export function randomToken(): string {
  let number = BigInt(`0x${randomBytes(32).toString('hex')}`);
  let text = '';
  for (let i = 0; i < DIGITS; i++) {
    text = BASE62[Number(number % 62n)]! + text;
    number /= 62n;
  }
  return text;
}

/** How tokens and client secrets are kept: they are random, so one round of SHA-256 is enough. */
export const tokenHash = (token: string): Buffer => hash('sha256', token, 'buffer');
