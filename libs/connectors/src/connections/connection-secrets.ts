import { Injectable } from '@nestjs/common';
import { type JsonValue } from '#kernel';
import { SecretBox } from '#platform/crypto';
import { ConnectorError } from '../calls/connector-error';
import type { JsonObject } from '../protocols';
import type { Secrets, SplitConfig } from '../secrets';

/** Of which connection: a sealed value opens in no other row. */
const purposeOf = (id: string): string => `connection:${id}`;

/** What is kept of a config in a connection's row. */
export interface KeptConfig {
  config: JsonObject;
  sealedSecrets: Buffer | null;
}

/** Seals and opens the secrets of connections. */
@Injectable()
export class ConnectionSecrets {
  constructor(private readonly box: SecretBox) {}

  seal(id: string, { config, secrets }: SplitConfig): KeptConfig {
    if (secrets.size === 0) return { config, sealedSecrets: null };
    return { config, sealedSecrets: this.box.seal(purposeOf(id), JSON.stringify([...secrets])) };
  }

  /** @throws ConnectorError where the instance has another key than the one they were sealed with. */
  open({ id, config, sealedSecrets }: KeptConfig & { id: string }): SplitConfig {
    return { config, secrets: sealedSecrets ? this.read(id, sealedSecrets) : new Map() };
  }

  private read(id: string, sealed: Buffer): Secrets {
    let text: string;
    try {
      text = this.box.open(purposeOf(id), sealed);
    } catch {
      throw new ConnectorError('The secrets of the connection cannot be opened: the key of this instance has changed');
    }
    return new Map(JSON.parse(text) as [string, JsonValue][]);
  }
}
