/** Bytes before the unit id: transaction, protocol and length. */
const HEADER = 6;
/** Unit id and a PDU of 253 bytes at most. */
const LONGEST = 254;

/**
 * Looks whether what comes are frames of Modbus TCP. The client library takes any bytes for frames, and would wait for the
 * end of a long one that never comes.
 */
export class MbapFrames {
  private header: number[] = [];
  private body = 0;

  /** Whether these bytes can go on what came before. */
  fits(bytes: Buffer): boolean {
    let at = 0;
    while (at < bytes.length) {
      const skipped = Math.min(this.body, bytes.length - at);
      at += skipped;
      this.body -= skipped;
      while (this.body === 0 && at < bytes.length && this.header.length < HEADER) this.header.push(bytes[at++]!);
      if (this.header.length < HEADER) continue;
      const [, , high, low, longHigh, longLow] = this.header as [number, number, number, number, number, number];
      this.body = longHigh * 256 + longLow;
      this.header = [];
      if (high !== 0 || low !== 0 || this.body < 2 || this.body > LONGEST) return false;
    }
    return true;
  }
}
