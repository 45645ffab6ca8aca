import { createHmac, timingSafeEqual } from 'node:crypto';

/** MQTT 5 user property on what we publish to an outside broker, so that ingest knows its own messages. */
export const ORIGIN_PROPERTY = 'mh-origin';

/** Signs and recognises our own messages: `<record id>.<HMAC-SHA-256 over record id and broker topic>`. */
export class OriginMark {
  constructor(private readonly key: Buffer) {}

  sign(recordId: string, brokerTopic: string): string {
    return `${recordId}.${this.hmac(recordId, brokerTopic).toString('base64url')}`;
  }

  isOurs(mark: unknown, brokerTopic: string): boolean {
    if (typeof mark !== 'string') return false;
    const dot = mark.lastIndexOf('.');
    const given = Buffer.from(mark.slice(dot + 1), 'base64url');
    const expected = this.hmac(mark.slice(0, dot), brokerTopic);
    return given.length === expected.length && timingSafeEqual(given, expected);
  }

  private hmac(recordId: string, brokerTopic: string): Buffer {
    return createHmac('sha256', this.key).update(`${recordId}\n${brokerTopic}`).digest();
  }
}
