import { Injectable } from '@nestjs/common';
import type { JsonValue } from '#kernel';
import { SecretBox } from '#platform/crypto';

const PURPOSE = 'executions';

/** Data of runs at rest: whole, for the engine alone, and unreadable for whoever reads the tables. */
@Injectable()
export class SealedJson {
  constructor(private readonly box: SecretBox) {}

  seal(value: JsonValue): Buffer {
    return this.box.seal(PURPOSE, JSON.stringify(value));
  }

  /** @throws Error when it was sealed under another key. */
  open<T = JsonValue>(sealed: Buffer): T {
    return JSON.parse(this.box.open(PURPOSE, sealed)) as T;
  }
}
