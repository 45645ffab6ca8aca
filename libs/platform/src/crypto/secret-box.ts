import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Config } from '../config';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const VERSION = 1;

/**
 * Secrets at rest: AES-256-GCM (NIST SP 800-38D) under a key derived from HUB_SECRET_KEY for each purpose.
 * A sealed value is version (1 byte), nonce (12), tag (16), ciphertext.
 */
@Injectable()
export class SecretBox {
  /** Deriving a key takes longer than sealing a small value with it. */
  private readonly keys = new Map<string, Buffer>();

  constructor(private readonly config: Config) {}

  seal(purpose: string, plaintext: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.deriveKey(purpose), nonce);
    const body = Buffer.concat([cipher.update(plaintext, 'utf8'), cipher.final()]);
    return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), body]);
  }

  /** @throws Error when the value was sealed under another key or purpose, or was changed. */
  open(purpose: string, sealed: Buffer): string {
    if (sealed[0] !== VERSION) throw new Error('a sealed value of an unknown version');
    const nonce = sealed.subarray(1, 1 + NONCE_BYTES);
    const tag = sealed.subarray(1 + NONCE_BYTES, 1 + NONCE_BYTES + TAG_BYTES);
    // The length is fixed, or a value cut short would be checked by four bytes of its tag.
    const options = { authTagLength: TAG_BYTES };
    const decipher = createDecipheriv('aes-256-gcm', this.deriveKey(purpose), nonce, options).setAuthTag(tag);
    const body = sealed.subarray(1 + NONCE_BYTES + TAG_BYTES);
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
  }

  /** 32 bytes for one purpose (HKDF-SHA-256, RFC 5869), the same in every process of the instance. */
  deriveKey(purpose: string): Buffer {
    const known = this.keys.get(purpose);
    if (known) return known;
    const key = derivedKey(this.config.secretKey, purpose);
    this.keys.set(purpose, key);
    return key;
  }
}

export const derivedKey = (secretKey: string, purpose: string): Buffer =>
  Buffer.from(hkdfSync('sha256', Buffer.from(secretKey, 'hex'), Buffer.alloc(0), purpose, 32));
